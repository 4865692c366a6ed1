import OpenApiModule, { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import type { AccessKey } from '../signature/access-keys.ts';
import { unwrap } from './clients.ts';

const OpenApiClient = unwrap(OpenApiModule);

/** InvokeFunction of API version 2023-03-30, by the client that every SDK of Alibaba Cloud is made of. */
export function invokeFunction(
  endpoint: string,
  key: AccessKey,
  name: string,
  event: unknown,
  headers: Record<string, string>,
) {
  const client = new OpenApiClient(
    new $OpenApiUtil.Config({ ...key, endpoint: endpoint.replace('http://', ''), protocol: 'HTTP' }),
  );
  const params = new $OpenApiUtil.Params({
    action: 'InvokeFunction',
    version: '2023-03-30',
    protocol: 'HTTP',
    pathname: `/2023-03-30/functions/${name}/invocations`,
    method: 'POST',
    authType: 'AK',
    style: 'ROA',
    reqBodyType: 'json',
    bodyType: 'string',
  });
  const request = new $OpenApiUtil.OpenApiRequest({ headers, body: event });
  return client.callApi(params, request, new RuntimeOptions({}));
}
