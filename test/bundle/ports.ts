import { assumeRole } from '../../shared/alibaba/assume-role.ts';
import { createCloudAssistant } from '../../shared/alibaba/cloud-assistant.ts';
import { createEcs } from '../../shared/alibaba/ecs.ts';
import { createEcsCall } from '../../shared/alibaba/ecs-call.ts';
import { createQueue as createFc2Queue } from '../../shared/alibaba/fc2.ts';
import { createQueue as createFc3Queue } from '../../shared/alibaba/fc3.ts';

// Every operation that a function calls, by our own ports. Run from the sources and as a bundle; published.ts makes the
// same calls by the official clients.

/** `endpoint` is `host:port` of a server without TLS, but for AssumeRole's. */
export type At = { readonly endpoint: string; readonly securityToken?: string | undefined };

export const key = { accessKeyId: 'LTAIprobe', accessKeySecret: 'probe secret' };
export const regionId = 'cn-hangzhou';
export const instanceIds = Array.from({ length: 50 }, (_, k) => `i-bp1probe${String(k).padStart(4, '0')}`);
export const keyPairName = "a key's *pair* (ключ)~!";
export const tags = [{ key: 'env', value: 'a b&c=ü' }, { key: 'team' }];
export const payload = '{"Version":1,"KeyPairName":"ключ"}';
export const command = { name: 'remove', script: '#!/bin/sh\necho "ü"\n', timeoutSeconds: 60, clientToken: 'T-1' };

const TIMEOUT_MS = 5_000;

function credentialsOf({ securityToken }: At) {
  return { ...key, ...(securityToken !== undefined && { securityToken }) };
}

function ecs(at: At) {
  return createEcs({ regionId, credentials: credentialsOf(at), endpoint: `http://${at.endpoint}` });
}

function assistant(at: At) {
  const options = { regionId, credentials: credentialsOf(at), endpoint: `http://${at.endpoint}` };
  return createCloudAssistant(createEcsCall(options));
}

function fcOptions(at: At) {
  const functionName = 'reboot-instances';
  const endpoint = `http://${at.endpoint}`;
  return { credentials: credentialsOf(at), accountId: '123', region: regionId, endpoint, functionName };
}

const fc3 = (at: At) => createFc3Queue(fcOptions(at));

export const ecsCalls = {
  DetachKeyPair: (at: At) => ecs(at).detachKeyPair({ regionId, keyPairName, instanceIds }, TIMEOUT_MS),
  'DescribeInstances by ids': (at: At) => ecs(at).describeInstances({ regionId, instanceIds }, TIMEOUT_MS),
  'DescribeInstances by tags, the next page': (at: At) =>
    ecs(at).describeInstances({ regionId, keyPairName, tags, nextToken: 'caeba0=+/' }, TIMEOUT_MS),
  'DescribeInstances by page number': (at: At) =>
    ecs(at).describeInstances({ regionId, keyPairName, pageNumber: 2 }, TIMEOUT_MS),
  DescribeKeyPairs: (at: At) => ecs(at).keyPairExists({ regionId, keyPairName }, TIMEOUT_MS),
  'DescribeKeyPairs with the public key': (at: At) => ecs(at).publicKeyOf({ regionId, keyPairName }, TIMEOUT_MS),
  'DescribeKeyPairs, all of a region': (at: At) => ecs(at).describeKeyPairs({ regionId, pageNumber: 2 }, TIMEOUT_MS),
  DescribeRegions: (at: At) => ecs(at).describeRegions({}, TIMEOUT_MS),
  RebootInstances: (at: At) => ecs(at).rebootInstances({ regionId, instanceIds, force: true }, TIMEOUT_MS),
  RunCommand: (at: At) => assistant(at).runCommand({ regionId, instanceIds, ...command }, TIMEOUT_MS),
  DescribeInvocations: (at: At) =>
    assistant(at).describeInvocations({ regionId, name: command.name, nextToken: 'AAA=' }, TIMEOUT_MS),
  DescribeInvocationResults: (at: At) =>
    assistant(at).describeInvocationResults({ regionId, invokeId: 't-1', nextToken: 'AAA=' }, TIMEOUT_MS),
  DescribeCloudAssistantStatus: (at: At) =>
    assistant(at).describeCloudAssistantStatus({ regionId, instanceIds }, TIMEOUT_MS),
} satisfies Record<string, (at: At) => Promise<unknown>>;

export const fc3Calls = {
  'InvokeFunction of FC 3.0': (at: At) => fc3(at).submit({ taskId: 'reboot-1', delaySeconds: 3, payload }, TIMEOUT_MS),
  'GetAsyncTask of FC 3.0': (at: At) => fc3(at).status('reboot-1', TIMEOUT_MS),
  'StopAsyncTask of FC 3.0': (at: At) => fc3(at).stop('reboot-1', TIMEOUT_MS),
} satisfies Record<string, (at: At) => Promise<unknown>>;

export const lazyCalls = {
  'InvokeFunction of FC 2.0': (at: At) =>
    createFc2Queue({ ...fcOptions(at), serviceName: 'service' }).submit(
      { taskId: 'reboot-1', delaySeconds: 3, payload },
      TIMEOUT_MS,
    ),
} satisfies Record<string, (at: At) => Promise<unknown>>;

export function assumeRoleAt(at: At) {
  const role = { roleArn: 'acs:ram::2:role/probe', sessionName: 'probe', externalId: 'outside' };
  return assumeRole(
    credentialsOf(at),
    { ...role, stsEndpoint: at.endpoint, ecsActions: ['DetachKeyPair'] },
    TIMEOUT_MS,
  );
}
