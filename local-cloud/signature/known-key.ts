import { ApiError } from '../http/api-error.ts';
import type { AccessKeys, KnownKey } from './access-keys.ts';

/** The key of a request, refused when it is unknown or its token is missing, wrong or expired. */
export function knownKey(keys: AccessKeys, accessKeyId: string, securityToken: string | undefined): KnownKey {
  const key = keys.find(accessKeyId);
  if (!key) throw new ApiError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  if (key.securityToken === undefined) {
    if (securityToken === undefined) return key;
    throw tokenError('MismatchWithAccessKey', 'Specified SecurityToken mismatch with the AccessKey.');
  }
  if (securityToken === undefined) {
    throw new ApiError(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
  }
  if (securityToken !== key.securityToken) {
    throw securityToken.startsWith('CAIS')
      ? tokenError('MismatchWithAccessKey', 'Specified SecurityToken mismatch with the AccessKey.')
      : tokenError('Malformed', 'Specified SecurityToken is malformed.');
  }
  if (keys.isExpired(key)) throw tokenError('Expired', 'Specified SecurityToken is expired.');
  return key;
}

function tokenError(kind: string, message: string): ApiError {
  return new ApiError(400, `InvalidSecurityToken.${kind}`, message);
}
