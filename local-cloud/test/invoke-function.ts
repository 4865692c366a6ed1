import OpenApiModule, { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import type { AccessKey } from '../signature/access-keys.ts';
import { unwrap } from './clients.ts';

const OpenApiClient = unwrap(OpenApiModule);

type Asked = { method: string; path: string; headers?: Record<string, string>; body?: unknown };

/** InvokeFunction of API version 2023-03-30, by the client that every SDK of Alibaba Cloud is made of. */
export function invokeFunction(
  endpoint: string,
  key: AccessKey,
  name: string,
  event: unknown,
  headers: Record<string, string>,
) {
  return call(endpoint, key, 'InvokeFunction', { method: 'POST', path: `${name}/invocations`, headers, body: event });
}

export function getAsyncTask(endpoint: string, key: AccessKey, name: string, taskId: string) {
  return call(endpoint, key, 'GetAsyncTask', { method: 'GET', path: `${name}/async-tasks/${taskId}` });
}

export function stopAsyncTask(endpoint: string, key: AccessKey, name: string, taskId: string) {
  return call(endpoint, key, 'StopAsyncTask', { method: 'PUT', path: `${name}/async-tasks/${taskId}/stop` });
}

function call(endpoint: string, key: AccessKey, action: string, { method, path, headers = {}, body }: Asked) {
  const client = new OpenApiClient(
    new $OpenApiUtil.Config({ ...key, endpoint: endpoint.replace('http://', ''), protocol: 'HTTP' }),
  );
  const params = new $OpenApiUtil.Params({
    action,
    version: '2023-03-30',
    protocol: 'HTTP',
    pathname: `/2023-03-30/functions/${path}`,
    method,
    authType: 'AK',
    style: 'ROA',
    reqBodyType: 'json',
    bodyType: action === 'InvokeFunction' ? 'string' : 'json',
  });
  const request = new $OpenApiUtil.OpenApiRequest({ headers, body });
  return client.callApi(params, request, new RuntimeOptions({}));
}
