import OpenApiUtil from '@alicloud/openapi-core/dist/utils.js';
import { BytesReadable, doAction, Request, Stream } from '@darabonba/typescript';
import type { Credentials } from '../config/credentials.ts';
import type { UnknownRecord } from '../record.ts';

const ALGORITHM = 'ACS3-HMAC-SHA256';

export type Acs3Request = {
  readonly action: string;
  readonly version: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
};

export type Address = {
  /** `host[:port]` */
  readonly endpoint: string;
  readonly protocol: string;
};

export type Acs3Answer = { readonly headers: UnknownRecord; readonly text: string };

/** The service answered with a status of 400 or more; `data` is what it said. */
class RefusedCall extends Error {
  override readonly name = 'RefusedCall';
  readonly status: number;
  readonly data: unknown;
  constructor(status: number, data: unknown) {
    super(`status ${status}`);
    this.status = status;
    this.data = data;
  }
}

/**
 * One call, signed ACS3-HMAC-SHA256 and sent by the pieces of the official SDK core, byte for byte as its `callApi` does
 * (a test compares the two). Not by `callApi` itself: its class brings WebSocket, gateways and three older signatures,
 * 40 kB of each bundle, and repeats and times out by rules of its own.
 */
export async function acs3Call(
  { action, version, method, path, query = {}, headers = {}, body }: Acs3Request,
  { endpoint, protocol }: Address,
  { accessKeyId, accessKeySecret, securityToken }: Credentials,
  sdkTimeoutMs: number,
): Promise<Acs3Answer> {
  const request = new Request();
  const sha256 = OpenApiUtil.hash(body ?? Buffer.alloc(0), ALGORITHM).toString('hex');
  Object.assign(request, { protocol, method, pathname: path, query, ...(body && { body: new BytesReadable(body) }) });
  request.headers = {
    host: endpoint,
    'x-acs-version': version,
    'x-acs-action': action,
    'user-agent': OpenApiUtil.getUserAgent(''),
    'x-acs-date': OpenApiUtil.getTimestamp(),
    'x-acs-signature-nonce': OpenApiUtil.getNonce(),
    accept: 'application/json',
    ...headers,
    'x-acs-content-sha256': sha256,
    'x-acs-credentials-provider': securityToken ? 'static_sts' : 'static_ak',
    ...(securityToken && { 'x-acs-accesskey-id': accessKeyId, 'x-acs-security-token': securityToken }),
  };
  const signature = OpenApiUtil.getAuthorization(request, ALGORITHM, sha256, accessKeyId, accessKeySecret);
  request.headers['Authorization'] = signature;

  const answer = await doAction(request, { readTimeout: sdkTimeoutMs, connectTimeout: sdkTimeoutMs });
  const text = await Stream.readAsString(answer.body);
  if (answer.statusCode >= 400) throw new RefusedCall(answer.statusCode, refusalIn(text, answer.headers));
  return { headers: answer.headers, text };
}

/** JSON as asked for; gateways on the way speak XML: `<Error><Code>…</Code><Message>…</Message></Error>`. */
function refusalIn(text: string, headers: UnknownRecord): unknown {
  if (headers['content-type'] !== 'text/xml;charset=utf-8') return JSON.parse(text);
  return { Code: elementIn(text, 'Code'), Message: elementIn(text, 'Message') };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** The text of the first element of this name. A parser of XML would be a fifth of the bundle, for two elements. */
function elementIn(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text?.replace(/&(lt|gt|quot|apos|amp);/g, (entity, short: string) => ENTITIES[short] ?? entity);
}
