import EcsClient, {
  DescribeCloudAssistantStatusRequest,
  DescribeInstancesRequest,
  DescribeInvocationResultsRequest,
  DescribeInvocationsRequest,
  DescribeKeyPairsRequest,
  DescribeRegionsRequest,
  DetachKeyPairRequest,
  RebootInstancesRequest,
  RunCommandRequest,
} from '@alicloud/ecs20140526';
import OpenApiClient, { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import {
  type At,
  command,
  type ecsCalls,
  type fc3Calls,
  instanceIds,
  key,
  keyPairName,
  payload,
  regionId,
  tags,
} from './ports.ts';

// The calls of ports.ts as the documentation of the official clients has them.

type Calls = Record<keyof typeof ecsCalls | keyof typeof fc3Calls, (at: At) => Promise<unknown>>;

const runtime = () => new RuntimeOptions({ readTimeout: 5_000, connectTimeout: 5_000 });
const configOf = (at: At) => new $OpenApiUtil.Config({ ...key, ...at, protocol: 'http', regionId });
const ecs = (at: At) => new EcsClient(configOf(at));
const ids = JSON.stringify(instanceIds);

/** FC 3.0 has no client of its own among our packages: its calls go by the SDK core's `callApi`. */
function fc3(at: At, action: string, method: string, path: string, more: object = {}): Promise<unknown> {
  const params = new $OpenApiUtil.Params({
    action,
    version: '2023-03-30',
    protocol: 'HTTPS',
    pathname: `/2023-03-30/functions/reboot-instances/${path}`,
    method,
    authType: 'AK',
    style: 'ROA',
    reqBodyType: 'byte',
    bodyType: 'string',
  });
  return new OpenApiClient(configOf(at)).callApi(params, new $OpenApiUtil.OpenApiRequest(more), runtime());
}

export const published: Calls = {
  DetachKeyPair: (at) =>
    ecs(at).detachKeyPairWithOptions(new DetachKeyPairRequest({ regionId, keyPairName, instanceIds: ids }), runtime()),
  'DescribeInstances by ids': (at) =>
    ecs(at).describeInstancesWithOptions(
      new DescribeInstancesRequest({ regionId, instanceIds: ids, maxResults: 100 }),
      runtime(),
    ),
  'DescribeInstances by tags, the next page': (at) => {
    const page = { nextToken: 'caeba0=+/', maxResults: 100 };
    const request = new DescribeInstancesRequest({ regionId, keyPairName, tag: tags, ...page });
    return ecs(at).describeInstancesWithOptions(request, runtime());
  },
  'DescribeInstances by page number': (at) => {
    const request = new DescribeInstancesRequest({ regionId, keyPairName, pageNumber: 2, pageSize: 100 });
    return ecs(at).describeInstancesWithOptions(request, runtime());
  },
  DescribeKeyPairs: (at) =>
    ecs(at).describeKeyPairsWithOptions(new DescribeKeyPairsRequest({ regionId, keyPairName }), runtime()),
  'DescribeKeyPairs with the public key': (at) => {
    const request = new DescribeKeyPairsRequest({ regionId, keyPairName, includePublicKey: true });
    return ecs(at).describeKeyPairsWithOptions(request, runtime());
  },
  'DescribeKeyPairs, all of a region': (at) => {
    const request = new DescribeKeyPairsRequest({ regionId, includePublicKey: true, pageNumber: 2, pageSize: 50 });
    return ecs(at).describeKeyPairsWithOptions(request, runtime());
  },
  DescribeRegions: (at) => ecs(at).describeRegionsWithOptions(new DescribeRegionsRequest(), runtime()),
  RebootInstances: (at) => {
    const how = { forceReboot: true, batchOptimization: 'SuccessFirst' };
    const request = new RebootInstancesRequest({ regionId, instanceId: instanceIds, ...how });
    return ecs(at).rebootInstancesWithOptions(request, runtime());
  },
  RunCommand: (at) => {
    const request = new RunCommandRequest({
      regionId,
      instanceId: instanceIds,
      name: command.name,
      type: 'RunShellScript',
      commandContent: Buffer.from(command.script).toString('base64'),
      contentEncoding: 'Base64',
      timeout: command.timeoutSeconds,
      keepCommand: false,
      terminationMode: 'ProcessTree',
      clientToken: command.clientToken,
    });
    return ecs(at).runCommandWithOptions(request, runtime());
  },
  DescribeInvocations: (at) => {
    const page = { maxResults: 50, includeOutput: true, contentEncoding: 'Base64', nextToken: 'AAA=' };
    const request = new DescribeInvocationsRequest({ regionId, commandName: command.name, ...page });
    return ecs(at).describeInvocationsWithOptions(request, runtime());
  },
  DescribeInvocationResults: (at) => {
    const page = { maxResults: 50, contentEncoding: 'Base64', nextToken: 'AAA=' };
    const request = new DescribeInvocationResultsRequest({ regionId, invokeId: 't-1', ...page });
    return ecs(at).describeInvocationResultsWithOptions(request, runtime());
  },
  DescribeCloudAssistantStatus: (at) => {
    const request = new DescribeCloudAssistantStatusRequest({ regionId, instanceId: instanceIds });
    return ecs(at).describeCloudAssistantStatusWithOptions(request, runtime());
  },
  'InvokeFunction of FC 3.0': (at) =>
    fc3(at, 'InvokeFunction', 'POST', 'invocations', {
      headers: {
        'content-type': 'application/octet-stream',
        'x-fc-invocation-type': 'Async',
        'x-fc-async-task-id': 'reboot-1',
        'x-fc-async-delay': '3',
      },
      body: Buffer.from(payload),
    }),
  'GetAsyncTask of FC 3.0': (at) => fc3(at, 'GetAsyncTask', 'GET', 'async-tasks/reboot-1'),
  'StopAsyncTask of FC 3.0': (at) => fc3(at, 'StopAsyncTask', 'PUT', 'async-tasks/reboot-1/stop'),
};
