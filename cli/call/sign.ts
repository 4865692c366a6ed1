import { createHash, randomUUID } from 'node:crypto';
import OpenApiUtil from '@alicloud/openapi-core/dist/utils.js';
import { Request } from '@darabonba/typescript';
import type { Credentials } from '../../shared/config/credentials.ts';
import type { WireRequest } from './http.ts';

const ALGORITHM = 'ACS3-HMAC-SHA256';

/** The request signed by these credentials, its body included; the SDK's core knows the scheme. */
export function signed(request: WireRequest, credentials: Credentials): WireRequest {
  const { method, url, body } = request;
  const hash = createHash('sha256').update(body).digest('hex');
  const headers: Record<string, string> = {
    ...request.headers,
    host: url.host,
    'x-acs-date': new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': hash,
    ...(credentials.securityToken && { 'x-acs-security-token': credentials.securityToken }),
  };
  const toSign = new Request();
  toSign.method = method;
  toSign.pathname = url.pathname;
  toSign.query = Object.fromEntries(url.searchParams);
  toSign.headers = headers;
  const { accessKeyId, accessKeySecret } = credentials;
  const authorization = OpenApiUtil.getAuthorization(toSign, ALGORITHM, hash, accessKeyId, accessKeySecret);
  return { ...request, headers: { ...headers, authorization } };
}
