import { ApiError } from '../http/api-error.ts';
import { headerOf, type WireRequest } from '../http/wire-request.ts';
import type { Verifier } from '../signature/verify.ts';

/** `function`: signed with ACS3-HMAC-SHA256. `bearer`: one of these tokens. */
export type TriggerAuth = 'anonymous' | 'function' | { bearer: readonly string[] };

/** The gateway's check, before the function is started. */
export function authorize(request: WireRequest, auth: TriggerAuth, verifier: Verifier): void {
  if (auth === 'anonymous') return;
  const authorization = headerOf(request, 'authorization');
  if (authorization === undefined) {
    throw new ApiError(401, 'AccessDenied', 'required HTTP header Authorization was not specified');
  }
  if (auth === 'function') verifySignature(request, verifier);
  else if (!auth.bearer.some((token) => authorization === `Bearer ${token}`)) {
    throw new ApiError(403, 'AccessDenied', 'the token is not valid');
  }
}

function verifySignature(request: WireRequest, verifier: Verifier): void {
  try {
    verifier.verifyAcs3(request);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(403, error.code, error.message);
  }
}
