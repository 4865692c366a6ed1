import OpenApiClient, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { assumeRole } from '../../shared/alibaba/assume-role.ts';
import { createEcs } from '../../shared/alibaba/ecs.ts';
import { createQueue as createFc2Queue } from '../../shared/alibaba/fc2.ts';
import { createQueue as createFc3Queue } from '../../shared/alibaba/fc3.ts';
import type { Ecs } from '../../shared/ecs.ts';
import type { At } from './plain.ts';
import { ids, key, keyPairName, nextToken, payload, regionId, roleArn, tags } from './said.ts';

// The same calls through our ports. Built with the SDKs pruned, as the functions are.

const credentials = ({ securityToken }: At) => ({ ...key, ...(securityToken && { securityToken }) });

function ecs(at: At): Ecs {
  return createEcs({ regionId, credentials: credentials(at), endpoint: `http://${at.host}` });
}

function queue(at: At) {
  const endpoint = `http://${at.host}`;
  return {
    credentials: credentials(at),
    accountId: '123',
    region: regionId,
    endpoint,
    functionName: 'reboot-instances',
    serviceName: 'service',
  };
}

const task = { taskId: 'task-1', delaySeconds: 30, payload };

export const calls: Record<string, (at: At) => Promise<unknown>> = {
  DetachKeyPair: (at) => ecs(at).detachKeyPair({ regionId, keyPairName, instanceIds: ids }, 5_000),
  'DescribeInstances by ids': (at) => ecs(at).describeInstances({ regionId, instanceIds: ids }, 5_000),
  'DescribeInstances by tags, the next page': (at) =>
    ecs(at).describeInstances({ regionId, keyPairName, tags, nextToken }, 5_000),
  DescribeKeyPairs: (at) => ecs(at).keyPairExists({ regionId, keyPairName }, 5_000),
  RebootInstances: (at) => ecs(at).rebootInstances({ regionId, instanceIds: ids, force: true }, 5_000),
  'InvokeFunction of FC 3.0': (at) => createFc3Queue(queue(at)).submit(task, 5_000),
  'InvokeFunction of FC 2.0': (at) => createFc2Queue(queue(at)).submit(task, 5_000),
  AssumeRole: (at) => {
    const role = { roleArn, sessionName: 'probe', externalId: 'outside', stsEndpoint: at.host };
    return assumeRole(credentials(at), role, 5_000);
  },
};

const client = () => new OpenApiClient(new $OpenApiUtil.Config({ ...key, endpoint: '127.0.0.1:1' }));

/** What the functions never do, and the bundle has left out. */
export const beyond: Record<string, () => unknown> = {
  // Put together here: an operation whose name stands in a source is kept.
  'another operation': () => Reflect.get(client(), ['stop', 'InstancesWithOptions'].join('')),
  "the core's own way to send": () =>
    client().callApi(new $OpenApiUtil.Params({}), new $OpenApiUtil.OpenApiRequest({}), new RuntimeOptions({})),
  'a helper of the core': () => OpenApiUtil.getRPCSignature({}, 'POST', 'secret'),
  'a bearer token': () => new OpenApiClient(new $OpenApiUtil.Config({ bearerToken: 'bearer', endpoint: 'x' })),
};

export { client };
