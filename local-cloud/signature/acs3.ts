import { createHash, createHmac } from 'node:crypto';
import type { Pair } from '../http/wire-request.ts';
import { canonicalPairs } from './percent.ts';

// ACS3-HMAC-SHA256, "V3 request structure and signature" of Alibaba Cloud's OpenAPI guide.
export const ACS3_ALGORITHM = 'ACS3-HMAC-SHA256';

export interface Acs3Request {
  readonly method: string;
  /** Percent-encoded, as in the request line. */
  readonly path: string;
  /** Decoded. */
  readonly query: readonly Pair[];
  /** Names in any case. */
  readonly headers: readonly Pair[];
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

export function acs3CanonicalRequest(request: Acs3Request): string {
  return [
    request.method,
    canonicalPath(request.path),
    canonicalPairs(request.query),
    canonicalHeaders(request.headers, request.signedHeaders),
    request.signedHeaders.join(';'),
    request.payloadHash,
  ].join('\n');
}

export function acs3StringToSign(canonicalRequest: string): string {
  return `${ACS3_ALGORITHM}\n${sha256Hex(canonicalRequest)}`;
}

export function acs3Signature(canonicalRequest: string, accessKeySecret: string): string {
  return createHmac('sha256', accessKeySecret).update(acs3StringToSign(canonicalRequest)).digest('hex');
}

export function sha256Hex(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function canonicalPath(path: string): string {
  return path.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~');
}

function canonicalHeaders(headers: readonly Pair[], signedHeaders: readonly string[]): string {
  const valuesOf = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const values = valuesOf.get(name.toLowerCase()) ?? [];
    valuesOf.set(name.toLowerCase(), [...values, value.trim()]);
  }
  return signedHeaders.map((name) => `${name}:${(valuesOf.get(name) ?? []).sort().join(',')}\n`).join('');
}
