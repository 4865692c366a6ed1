/**
 * What an answer of ECS means for the call that got it:
 * - `throttled`: too many calls; the same call later, and all others held back meanwhile
 * - `transient`: the same call later
 * - `stop`: no call of this request can succeed
 * - `denied`: not permitted, perhaps for some instances only (resource-level policies)
 * - `refused`: one of the instances may be the cause; without it the others may pass
 */
export type ErrorKind = 'throttled' | 'transient' | 'stop' | 'denied' | 'refused';

// Sources: the error tables of DetachKeyPair, RebootInstances and of the common gateway codes.
const TABLE: readonly (readonly [RegExp, ErrorKind])[] = [
  [/(^|\.)Throttling/, 'throttled'],
  [/^(InternalError|InvalidOperation\.Conflict|SignatureNonceUsed)$/, 'transient'],
  [/^(InvalidKeyPairName|InvalidRegionId|InvalidAccessKeyId|InvalidSecurityToken|InvalidTimeStamp)\./, 'stop'],
  [/^(InvalidAction|InvalidApi|InvalidProduct|InvalidProtocol)\./, 'stop'],
  [/^(SignatureDoesNotMatch|IncompleteSignature|InvalidVersion)$/, 'stop'],
  [/^Missing/, 'stop'],
  [/^(Forbidden\.RAM|NoPermission)$/, 'denied'],
];

/** `status` is absent for an item inside a 200, which is judged by its code alone. */
export function errorKind(code: string, status?: number): ErrorKind {
  if (status === 429) return 'throttled';
  const row = TABLE.find(([pattern]) => pattern.test(code));
  if (row) return row[1];
  return (status ?? 0) >= 500 || /(^|\.)ServiceUnavailable$/.test(code) ? 'transient' : 'refused';
}

export function isRetryable(kind: ErrorKind): boolean {
  return kind === 'throttled' || kind === 'transient';
}

/** Whether another run may get further than this one: it has credentials and a clock of its own. */
export function isForAnotherRun(kind: ErrorKind, code: string): boolean {
  return isRetryable(kind) || /^(InvalidSecurityToken|InvalidTimeStamp)\.Expired$/.test(code);
}
