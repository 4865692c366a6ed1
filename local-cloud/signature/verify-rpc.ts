import { ApiError } from '../http/api-error.ts';
import { parametersOf, type WireRequest } from '../http/wire-request.ts';
import type { AccessKeys, KnownKey } from './access-keys.ts';
import { checkTimestamp, type Nonces } from './freshness.ts';
import { knownKey } from './known-key.ts';
import { isRpcMethod, rpcSignature, rpcStringToSign } from './rpc.ts';

/** Whose request this is, by RPC signature 1.0, in the query or in a form body. */
export function verifyRpc(request: WireRequest, keys: AccessKeys, nonces: Nonces): KnownKey {
  const parameters = parametersOf(request);
  const values = new Map(parameters);
  const mandatory = (name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new ApiError(400, `Missing${name}`, `${name} is mandatory for this action.`);
    return value;
  };
  const accessKeyId = mandatory('AccessKeyId');
  const signature = mandatory('Signature');
  const signatureMethod = mandatory('SignatureMethod');
  const nonce = mandatory('SignatureNonce');
  if (!isRpcMethod(signatureMethod)) {
    throw new ApiError(400, 'InvalidSignatureMethod', 'Specified signature method is not valid.');
  }
  if (mandatory('SignatureVersion') !== '1.0') {
    throw new ApiError(400, 'InvalidSignatureVersion', 'Specified signature version is not valid.');
  }
  checkTimestamp(mandatory('Timestamp'), keys.now());
  const key = knownKey(keys, accessKeyId, values.get('SecurityToken'));
  const stringToSign = rpcStringToSign(request.method, parameters);
  if (signature !== rpcSignature(stringToSign, key.accessKeySecret, signatureMethod)) {
    // As talkative as the real service, see verify-acs3.ts. @alicloud/credentials reads what follows the colon.
    throw new ApiError(
      400,
      'SignatureDoesNotMatch',
      `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`,
    );
  }
  nonces.use(`${accessKeyId}:${nonce}`);
  return key;
}
