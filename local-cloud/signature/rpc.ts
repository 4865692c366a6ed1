import { createHmac } from 'node:crypto';
import type { Pair } from '../http/wire-request.ts';
import { canonicalPairs, percentEncode } from './percent.ts';

// RPC signature 1.0, ECS API reference, "Sign a request".
const HASHES = new Map([
  ['HMAC-SHA1', 'sha1'],
  ['HMAC-SHA256', 'sha256'],
]);

export function isRpcMethod(signatureMethod: string): boolean {
  return HASHES.has(signatureMethod);
}

export function rpcStringToSign(httpMethod: string, parameters: readonly Pair[]): string {
  const canonical = canonicalPairs(parameters.filter(([name]) => name !== 'Signature'));
  return `${httpMethod}&${percentEncode('/')}&${percentEncode(canonical)}`;
}

export function rpcSignature(stringToSign: string, accessKeySecret: string, signatureMethod = 'HMAC-SHA1'): string {
  const hash = HASHES.get(signatureMethod);
  if (hash === undefined) throw new RangeError(`unknown signature method ${signatureMethod}`);
  return createHmac(hash, `${accessKeySecret}&`).update(stringToSign).digest('base64');
}
