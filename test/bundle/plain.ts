import Credential, { Config } from '@alicloud/credentials';
import EcsClient, {
  DescribeInstancesRequest,
  DescribeKeyPairsRequest,
  DetachKeyPairRequest,
  RebootInstancesRequest,
} from '@alicloud/ecs20140526';
import FcClient from '@alicloud/fc2';
import OpenApiClient, { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { ids, key, keyPairName, nextToken, payload, regionId, roleArn, tags } from './said.ts';

// The calls as the SDKs' own samples make them: what is sent for them is what has to be sent.

export type At = { readonly host: string; readonly securityToken: string | undefined };

const runtime = () => new RuntimeOptions({ readTimeout: 5_000, connectTimeout: 5_000 });

function config({ host, securityToken }: At): $OpenApiUtil.Config {
  return new $OpenApiUtil.Config({ ...key, securityToken, endpoint: host, protocol: 'http', regionId });
}

export const calls: Record<string, (at: At) => Promise<unknown>> = {
  DetachKeyPair: (at) => {
    const request = new DetachKeyPairRequest({ regionId, keyPairName, instanceIds: JSON.stringify(ids) });
    return new EcsClient(config(at)).detachKeyPairWithOptions(request, runtime());
  },
  'DescribeInstances by ids': (at) => {
    const request = new DescribeInstancesRequest({ regionId, instanceIds: JSON.stringify(ids), maxResults: 100 });
    return new EcsClient(config(at)).describeInstancesWithOptions(request, runtime());
  },
  'DescribeInstances by tags, the next page': (at) => {
    const request = new DescribeInstancesRequest({ regionId, keyPairName, tag: tags, nextToken, maxResults: 100 });
    return new EcsClient(config(at)).describeInstancesWithOptions(request, runtime());
  },
  DescribeKeyPairs: (at) => {
    const request = new DescribeKeyPairsRequest({ regionId, keyPairName });
    return new EcsClient(config(at)).describeKeyPairsWithOptions(request, runtime());
  },
  RebootInstances: (at) => {
    const how = { forceReboot: true, batchOptimization: 'SuccessFirst' };
    const request = new RebootInstancesRequest({ regionId, instanceId: ids, ...how });
    return new EcsClient(config(at)).rebootInstancesWithOptions(request, runtime());
  },
  'InvokeFunction of FC 3.0': (at) => {
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
    const headers = {
      'content-type': 'application/octet-stream',
      'x-fc-invocation-type': 'Async',
      'x-fc-async-task-id': 'task-1',
      'x-fc-async-delay': '30',
    };
    const request = new $OpenApiUtil.OpenApiRequest({ headers, body: Buffer.from(payload) });
    return new OpenApiClient(config(at)).callApi(params, request, runtime());
  },
  'InvokeFunction of FC 2.0': ({ host, securityToken }) => {
    const { accessKeyId: accessKeyID, accessKeySecret } = key;
    const client = new FcClient('123', {
      accessKeyID,
      accessKeySecret,
      securityToken,
      region: regionId,
      endpoint: `http://${host}`,
      timeout: 5_000,
      headers: securityToken ? { 'x-fc-security-token': securityToken } : {},
    });
    return client.invokeFunction('service', 'reboot-instances', payload, {
      'x-fc-invocation-type': 'Async',
      'x-fc-stateful-async-invocation-id': 'task-1',
      'x-fc-async-delay': '30',
    });
  },
  AssumeRole: ({ host, securityToken }) => {
    const role = { roleArn, roleSessionName: 'probe', externalId: 'outside', stsEndpoint: host };
    return new Credential(new Config({ ...key, securityToken, type: 'ram_role_arn', ...role })).getCredential();
  },
};
