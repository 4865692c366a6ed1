import { createHmac } from 'node:crypto';
import type { Pair } from '../http/wire-request.ts';

// The `FC <AccessKeyId>:<signature>` scheme of API version 2016-08-15, FC 2.0 reference, "Signature authentication".
export function fcStringToSign(method: string, path: string, headers: readonly Pair[]): string {
  const values = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const own = [...values.keys()].filter((name) => name.startsWith('x-fc-')).sort();
  return [
    method,
    values.get('content-md5') ?? '',
    values.get('content-type') ?? '',
    values.get('date') ?? '',
    ...own.map((name) => `${name}:${values.get(name) ?? ''}`),
    path,
  ].join('\n');
}

export function fcSignature(stringToSign: string, accessKeySecret: string): string {
  return createHmac('sha256', accessKeySecret).update(stringToSign).digest('base64');
}
