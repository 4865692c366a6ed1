import { DescribeCloudAssistantStatusRequest } from '@alicloud/ecs20140526/dist/models/DescribeCloudAssistantStatusRequest.js';
import { DescribeInvocationResultsRequest } from '@alicloud/ecs20140526/dist/models/DescribeInvocationResultsRequest.js';
import { DescribeInvocationsRequest } from '@alicloud/ecs20140526/dist/models/DescribeInvocationsRequest.js';
import { RunCommandRequest } from '@alicloud/ecs20140526/dist/models/RunCommandRequest.js';
import { CallError } from '../ecs/call-error.ts';
import type { Agent, CloudAssistant, InvocationPage, InvocationRow, InvocationsPage } from '../ecs/cloud-assistant.ts';
import type { Sanitize } from '../log/sanitize.ts';
import { recordOf, type UnknownRecord } from '../record.ts';
import type { EcsCall } from './ecs-call.ts';
import { leafOf, listOf } from './read-ecs.ts';

/** The official request models behind our port. Each operation throws `CallError`. */
export function createCloudAssistant({ operation, sanitize }: EcsCall): CloudAssistant {
  return {
    runCommand: operation(
      'RunCommand',
      ({ regionId, instanceIds, name, script, timeoutSeconds, clientToken }) =>
        new RunCommandRequest({
          regionId,
          instanceId: instanceIds,
          name,
          type: 'RunShellScript',
          commandContent: Buffer.from(script).toString('base64'),
          contentEncoding: 'Base64',
          timeout: timeoutSeconds,
          keepCommand: false,
          terminationMode: 'ProcessTree',
          clientToken,
        }),
      readInvokeId,
    ),
    describeInvocationResults: operation(
      'DescribeInvocationResults',
      (query) => new DescribeInvocationResultsRequest({ ...query, maxResults: 50, contentEncoding: 'Base64' }),
      (body) => readInvocationPage(body, sanitize),
    ),
    describeInvocations: operation(
      'DescribeInvocations',
      ({ regionId, name, nextToken }) =>
        new DescribeInvocationsRequest({
          regionId,
          commandName: name,
          maxResults: 50,
          includeOutput: true,
          contentEncoding: 'Base64',
          ...(nextToken && { nextToken }),
        }),
      (body) => readInvocationsPage(body, sanitize),
    ),
    describeCloudAssistantStatus: operation(
      'DescribeCloudAssistantStatus',
      ({ regionId, instanceIds }) => new DescribeCloudAssistantStatusRequest({ regionId, instanceId: instanceIds }),
      readAgents,
    ),
  };
}

function readInvokeId(body: UnknownRecord): string {
  const invokeId = leafOf(body['InvokeId']);
  if (!invokeId) throw CallError.unreadable('ECS answered 200 without InvokeId');
  return invokeId;
}

function readAgents(body: UnknownRecord): ReadonlyMap<string, Agent> {
  const set = recordOf(body['InstanceCloudAssistantStatusSet']);
  const statuses = listOf(set['InstanceCloudAssistantStatus'], 'InstanceCloudAssistantStatus');
  // A text on one page, a boolean on another.
  return new Map(
    statuses.map((status) => [
      leafOf(status['InstanceId']),
      {
        reports: leafOf(status['CloudAssistantStatus']).toLowerCase() === 'true',
        heartbeatAt: timeOf(status['LastHeartbeatTime']),
      },
    ]),
  );
}

function readInvocationPage(body: UnknownRecord, sanitize: Sanitize): InvocationPage {
  const invocation = recordOf(body['Invocation']);
  const rows = listOf(recordOf(invocation['InvocationResults'])['InvocationResult'], 'InvocationResults');
  return {
    rows: rows.map((row) => readRow(row, sanitize)),
    nextToken: leafOf(invocation['NextToken']) || undefined,
  };
}

function readInvocationsPage(body: UnknownRecord, sanitize: Sanitize): InvocationsPage {
  const invocations = listOf(recordOf(body['Invocations'])['Invocation'], 'Invocations');
  return {
    invocations: invocations.map((invocation) => ({
      invokeId: leafOf(invocation['InvokeId']),
      rows: listOf(recordOf(invocation['InvokeInstances'])['InvokeInstance'], 'InvokeInstances').map((row) =>
        readRow(row, sanitize),
      ),
    })),
    nextToken: leafOf(body['NextToken']) || undefined,
  };
}

function readRow(row: UnknownRecord, sanitize: Sanitize): InvocationRow {
  const numberOf = (name: string) => (/^-?\d+$/.test(leafOf(row[name])) ? Number(leafOf(row[name])) : undefined);
  return {
    instanceId: leafOf(row['InstanceId']),
    status: leafOf(row['InvocationStatus']),
    exitCode: numberOf('ExitCode'),
    output: Buffer.from(leafOf(row['Output']), 'base64').toString(),
    dropped: numberOf('Dropped'),
    errorCode: sanitize(leafOf(row['ErrorCode'])),
    errorInfo: sanitize(leafOf(row['ErrorInfo'])),
    startedAt: timeOf(row['StartTime']),
    // One operation has the one name, one the other.
    finishedAt: timeOf(row['FinishedTime']) ?? timeOf(row['FinishTime']),
  };
}

function timeOf(value: unknown): number | undefined {
  const time = Date.parse(leafOf(value));
  return Number.isNaN(time) ? undefined : time;
}
