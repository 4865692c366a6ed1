import { randomUUID } from 'node:crypto';
import type { LocalCloud } from '../cloud.ts';
import type { Pair } from '../http/wire-request.ts';
import type { AccessKey } from '../signature/access-keys.ts';
import { rpcSignature, rpcStringToSign } from '../signature/rpc.ts';

export type Parameters = Readonly<Record<string, string | undefined>>;

/** A signed call with nothing between the test and the wire. `undefined` takes a parameter out. */
export async function rpcCall({ ecs }: Pick<LocalCloud, 'ecs'>, action: string, parameters: Parameters = {}) {
  const response = await fetch(signedUrl(ecs.endpoint, ecs.credentials, action, parameters));
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** The same, for answers that are JSON. */
export async function rpcJson(cloud: Pick<LocalCloud, 'ecs'>, action: string, parameters: Parameters = {}) {
  const { status, text } = await rpcCall(cloud, action, parameters);
  const body: unknown = JSON.parse(text);
  return { status, body };
}

export function signedUrl(endpoint: string, key: AccessKey, action: string, parameters: Parameters): string {
  const defaults = {
    Action: action,
    Version: '2014-05-26',
    RegionId: 'cn-hangzhou',
    Format: 'JSON',
    AccessKeyId: key.accessKeyId,
    SecurityToken: key.securityToken,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: new Date().toISOString().replace(/\.\d+/, ''),
  };
  const pairs = Object.entries({ ...defaults, ...parameters }).flatMap(([name, value]): Pair[] =>
    value === undefined ? [] : [[name, value]],
  );
  const method = new Map(pairs).get('SignatureMethod');
  const signature = rpcSignature(rpcStringToSign('GET', pairs), key.accessKeySecret, method);
  const query = new URLSearchParams({ ...Object.fromEntries(pairs), Signature: signature });
  return `${endpoint}/?${query}`;
}
