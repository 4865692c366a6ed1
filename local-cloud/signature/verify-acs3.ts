import { ApiError } from '../http/api-error.ts';
import { headerOf, type WireRequest } from '../http/wire-request.ts';
import type { AccessKeys, KnownKey } from './access-keys.ts';
import { ACS3_ALGORITHM, acs3CanonicalRequest, acs3Signature, acs3StringToSign, sha256Hex } from './acs3.ts';
import { checkTimestamp, type Nonces } from './freshness.ts';
import { knownKey } from './known-key.ts';

const AUTHORIZATION = /^(ACS3-[A-Z0-9-]+) Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]+)$/;

/** Whose request this is, by ACS3-HMAC-SHA256; anything that does not hold is refused. */
export function verifyAcs3(request: WireRequest, keys: AccessKeys, nonces: Nonces): KnownKey {
  const { algorithm, accessKeyId, signedHeaders, signature } = parseAuthorization(headerOf(request, 'authorization'));
  if (algorithm !== ACS3_ALGORITHM) {
    throw new ApiError(400, 'InvalidSignatureMethod', 'Specified signature method is not valid.');
  }
  const unsigned = mustBeSigned(request).filter((name) => !signedHeaders.includes(name));
  if (unsigned.length > 0) throw incomplete(`Not signed: ${unsigned.join(', ')}.`);
  checkTimestamp(mandatory(request, 'x-acs-date'), keys.now());
  const payloadHash = mandatory(request, 'x-acs-content-sha256');
  if (payloadHash !== sha256Hex(request.body)) {
    throw new ApiError(400, 'InvalidContentSha256', 'Specified x-acs-content-sha256 does not match the body.');
  }
  const key = knownKey(keys, accessKeyId, headerOf(request, 'x-acs-security-token'));
  const canonicalRequest = acs3CanonicalRequest({ ...request, signedHeaders, payloadHash });
  if (signature !== acs3Signature(canonicalRequest, key.accessKeySecret)) {
    // The real service is as talkative: what it says here belongs in no log and in no answer.
    throw new ApiError(
      400,
      'SignatureDoesNotMatch',
      `Specified signature does not match our calculation. server StringToSign is [${acs3StringToSign(canonicalRequest)}] server CanonicalRequest is [${canonicalRequest}]`,
    );
  }
  nonces.use(`${accessKeyId}:${mandatory(request, 'x-acs-signature-nonce')}`);
  return key;
}

function parseAuthorization(authorization: string | undefined) {
  const parts = AUTHORIZATION.exec(authorization ?? '');
  const [, algorithm = '', accessKeyId = '', signedHeaders = '', signature = ''] = parts ?? [];
  if (!parts) throw incomplete('Authorization is missing or malformed.');
  const names = signedHeaders.split(';');
  if (names.join(';') !== [...new Set(names)].sort().join(';')) throw incomplete('SignedHeaders are not in order.');
  return { algorithm, accessKeyId, signedHeaders: names, signature };
}

/** Every x-acs-* header that is there, and those that tell where the request goes and what it holds. */
function mustBeSigned(request: WireRequest): string[] {
  return request.headers
    .map(([name]) => name)
    .filter((name) => name.startsWith('x-acs-') || name === 'host' || name === 'content-type');
}

function mandatory(request: WireRequest, name: string): string {
  const value = headerOf(request, name);
  if (value === undefined) throw new ApiError(400, `Missing${name}`, `${name} is mandatory for this action.`);
  return value;
}

function incomplete(detail: string): ApiError {
  return new ApiError(
    400,
    'IncompleteSignature',
    `The request signature does not conform to Aliyun standards. ${detail}`,
  );
}
