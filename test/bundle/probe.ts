import EcsClient, {
  DescribeInstancesRequest,
  DescribeKeyPairsRequest,
  DetachKeyPairRequest,
  RebootInstancesRequest,
} from '@alicloud/ecs20140526';
import OpenApiClient, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';

// Calls the SDKs as the functions do. The same file is run pruned and from node_modules, and the two are compared.

export type At = { endpoint: string; securityToken?: string | undefined };

const key = { accessKeyId: 'LTAIprobe', accessKeySecret: 'probe secret' };
const regionId = 'cn-hangzhou';
const ids = Array.from({ length: 50 }, (_, k) => `i-bp1probe${String(k).padStart(4, '0')}`);
const runtime = () => new RuntimeOptions({ readTimeout: 5_000, connectTimeout: 5_000 });

export function ecs({ endpoint, securityToken }: At, more: Record<string, unknown> = {}): EcsClient {
  return new EcsClient(
    new $OpenApiUtil.Config({ ...key, securityToken, endpoint, protocol: 'http', regionId, ...more }),
  );
}

export function fc3({ endpoint, securityToken }: At, more: Record<string, unknown> = {}): OpenApiClient {
  return new OpenApiClient(
    new $OpenApiUtil.Config({ ...key, securityToken, endpoint, protocol: 'http', regionId, ...more }),
  );
}

export const calls = {
  DetachKeyPair: (at: At): Promise<unknown> => {
    const request = new DetachKeyPairRequest({
      regionId,
      keyPairName: "a key's *pair* (ключ)~!",
      instanceIds: JSON.stringify(ids),
    });
    return ecs(at).detachKeyPairWithOptions(request, runtime());
  },
  'DescribeInstances by ids': (at: At): Promise<unknown> => {
    const request = new DescribeInstancesRequest({ regionId, instanceIds: JSON.stringify(ids), maxResults: 100 });
    return ecs(at).describeInstancesWithOptions(request, runtime());
  },
  'DescribeInstances by tags, the next page': (at: At): Promise<unknown> => {
    const tag = [{ key: 'env', value: 'a b&c=ü' }, { key: 'team' }];
    const request = new DescribeInstancesRequest({
      regionId,
      keyPairName: 'leaked',
      tag,
      nextToken: 'caeba0=+/',
      maxResults: 100,
    });
    return ecs(at).describeInstancesWithOptions(request, runtime());
  },
  DescribeKeyPairs: (at: At): Promise<unknown> =>
    ecs(at).describeKeyPairsWithOptions(new DescribeKeyPairsRequest({ regionId, keyPairName: 'leaked' }), runtime()),
  RebootInstances: (at: At): Promise<unknown> => {
    const request = new RebootInstancesRequest({
      regionId,
      instanceId: ids,
      forceReboot: true,
      batchOptimization: 'SuccessFirst',
    });
    return ecs(at).rebootInstancesWithOptions(request, runtime());
  },
  'InvokeFunction of FC 3.0': (at: At): Promise<unknown> => {
    const params = new $OpenApiUtil.Params({
      action: 'InvokeFunction',
      version: '2023-03-30',
      protocol: 'HTTPS',
      pathname: '/2023-03-30/functions/reboot-instances/invocations',
      method: 'POST',
      authType: 'AK',
      style: 'ROA',
      reqBodyType: 'byte',
      bodyType: 'string',
    });
    const headers = { 'content-type': 'application/octet-stream', 'x-fc-invocation-type': 'Async' };
    const body = Buffer.from('{"Version":1,"KeyPairName":"ключ"}');
    return fc3(at).callApi(params, new $OpenApiUtil.OpenApiRequest({ headers, body }), runtime());
  },
  'InvokeFunction of FC 2.0': async ({ endpoint, securityToken }: At): Promise<unknown> => {
    const { default: FcClient } = await import('@alicloud/fc2');
    const client = new FcClient('123', {
      accessKeyID: key.accessKeyId,
      accessKeySecret: key.accessKeySecret,
      securityToken,
      region: regionId,
      endpoint: `http://${endpoint}`,
      timeout: 5_000,
      headers: {},
    });
    return client.invokeFunction('service', 'reboot-instances', '{"Version":1}', { 'x-fc-invocation-type': 'Async' });
  },
};

export async function assumeRole({ endpoint, securityToken }: At): Promise<unknown> {
  const { default: Credential, Config } = await import('@alicloud/credentials');
  const config = new Config({
    ...key,
    securityToken,
    type: 'ram_role_arn',
    roleArn: 'acs:ram::2:role/probe',
    roleSessionName: 'probe',
    externalId: 'outside',
    stsEndpoint: endpoint,
  });
  return new Credential(config).getCredential();
}

/** What the functions never do, and the bundle has left out. */
export const beyond: Record<string, (at: At) => unknown> = {
  // Put together here: an operation whose name stands in a source is kept.
  'another operation': (at) => Reflect.get(ecs(at), ['stop', 'InstancesWithOptions'].join('')),
  'the older signature': (at) =>
    ecs(at, { signatureAlgorithm: 'v2' }).detachKeyPairWithOptions(new DetachKeyPairRequest({}), runtime()),
  'a helper of the SDK core': () => OpenApiUtil.getRPCSignature({}, 'POST', 'secret'),
  'a bearer token': (at) => ecs(at, { accessKeyId: undefined, bearerToken: 'bearer' }),
  WebSocket: (at) => {
    const params = new $OpenApiUtil.Params({ protocol: 'wss', websocketSubProtocol: 'awap' });
    const client = fc3(at, { protocol: 'wss' });
    return client.doRequest(params, new $OpenApiUtil.OpenApiRequest({}), runtime());
  },
};
