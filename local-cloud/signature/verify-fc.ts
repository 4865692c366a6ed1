import { createHash } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';
import { headerOf, type WireRequest } from '../http/wire-request.ts';
import type { AccessKeys, KnownKey } from './access-keys.ts';
import { fcSignature, fcStringToSign } from './fc.ts';
import { isFresh } from './freshness.ts';
import { knownKey } from './known-key.ts';

/** Whose request this is, by the `FC <AccessKeyId>:<signature>` scheme. */
export function verifyFc(request: WireRequest, keys: AccessKeys): KnownKey {
  const parts = /^FC ([^:\s]+):(\S+)$/.exec(headerOf(request, 'authorization') ?? '');
  const [, accessKeyId = '', signature = ''] = parts ?? [];
  if (!parts) throw new ApiError(400, 'MissingRequiredHeader', 'required HTTP header Authorization was not specified');
  const date = Date.parse(headerOf(request, 'date') ?? '');
  if (!isFresh(date, keys.now())) {
    throw new ApiError(
      403,
      'AccessDenied',
      'the difference between the request time and the current time is too large',
    );
  }
  const key = knownKey(keys, accessKeyId, headerOf(request, 'x-fc-security-token'));
  const stringToSign = fcStringToSign(request.method, decodeURIComponent(request.path), request.headers);
  if (signature !== fcSignature(stringToSign, key.accessKeySecret)) {
    throw new ApiError(403, 'SignatureNotMatch', `signature does not match, the string to sign is ${stringToSign}`);
  }
  const md5 = headerOf(request, 'content-md5');
  if (md5 !== undefined && !md5Forms(request.body).includes(md5)) {
    throw new ApiError(400, 'InvalidArgument', 'Content-MD5 does not match the body');
  }
  return key;
}

/** base64 of the digest, and of its hex text: @alicloud/fc2 sends the latter. */
function md5Forms(body: Buffer): string[] {
  const digest = createHash('md5').update(body);
  const hex = digest.digest('hex');
  return [Buffer.from(hex, 'hex').toString('base64'), Buffer.from(hex).toString('base64')];
}
