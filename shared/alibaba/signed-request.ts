import type OpenApiClient from '@alicloud/openapi-core';
import { OpenApiUtil } from '@alicloud/openapi-core';
import { Request } from '@darabonba/typescript';

/** What a call is made of, as the clients' operations hand it to `callApi`. */
export type Operation = {
  action: string;
  version: string;
  pathname: string;
  method: string;
  protocol: string;
  bodyType: string;
};
export type Parts = { query?: Record<string, string>; headers?: Record<string, string>; body?: unknown };

const ALGORITHM = 'ACS3-HMAC-SHA256';

/** The request that the client's own `callApi` would make, put together and signed by the SDK core's functions. */
export async function signedRequest(
  client: OpenApiClient,
  { action, version, pathname, method }: Operation,
  { query = {}, headers = {}, body }: Parts,
): Promise<Request> {
  const credentials = await client._credential.getCredential();
  const { accessKeyId = '', accessKeySecret = '', securityToken, providerName = '' } = credentials;
  const payload = OpenApiUtil.hash(Buffer.isBuffer(body) ? body : Buffer.alloc(0), ALGORITHM).toString('hex');
  const request = new Request();
  request.method = method;
  request.pathname = pathname;
  request.query = query;
  request.headers = {
    host: client._endpoint,
    'x-acs-version': version,
    'x-acs-action': action,
    'user-agent': OpenApiUtil.getUserAgent(client._userAgent),
    'x-acs-date': OpenApiUtil.getTimestamp(),
    'x-acs-signature-nonce': OpenApiUtil.getNonce(),
    accept: 'application/json',
    ...headers,
    'x-acs-content-sha256': payload,
    'x-acs-credentials-provider': providerName,
    ...(securityToken && { 'x-acs-accesskey-id': accessKeyId, 'x-acs-security-token': securityToken }),
  };
  const authorization = OpenApiUtil.getAuthorization(request, ALGORITHM, payload, accessKeyId, accessKeySecret);
  request.headers['Authorization'] = authorization;
  return request;
}
