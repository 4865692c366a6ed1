import type { Operation } from '../operation.ts';
import { describeCloudAssistantStatus } from './describe-cloud-assistant-status.ts';
import { describeInstanceStatus, noStatuses } from './describe-instance-status.ts';
import { describeInstances, noInstances } from './describe-instances.ts';
import { describeInvocationResults, describeInvocations } from './describe-invocations.ts';
import { describeKeyPairs, noKeyPairs } from './describe-key-pairs.ts';
import { describeRegions } from './describe-regions.ts';
import { detachKeyPair } from './detach-key-pair.ts';
import { rebootInstance, rebootInstances } from './reboot-instances.ts';
import { runCommand } from './run-command.ts';

export const operations: ReadonlyMap<string, Operation> = new Map([
  ['DetachKeyPair', detachKeyPair],
  ['RebootInstances', rebootInstances],
  ['RebootInstance', rebootInstance],
  ['DescribeInstances', describeInstances],
  ['DescribeInstanceStatus', describeInstanceStatus],
  ['DescribeKeyPairs', describeKeyPairs],
  ['DescribeRegions', describeRegions],
  ['RunCommand', runCommand],
  ['DescribeInvocations', describeInvocations],
  ['DescribeInvocationResults', describeInvocationResults],
  ['DescribeCloudAssistantStatus', describeCloudAssistantStatus],
]);

/** What an operation answers to one who may not see anything, before 2025-12-20 (RAM's announcement). */
export const emptyAnswers: ReadonlyMap<string, () => Record<string, unknown>> = new Map([
  ['DescribeInstances', noInstances],
  ['DescribeInstanceStatus', noStatuses],
  ['DescribeKeyPairs', noKeyPairs],
]);
