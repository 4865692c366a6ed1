/**
 * What an error of ECS means for the call that got it:
 * - `throttled`: too many calls; the same call later, and all others held back meanwhile
 * - `passing`: an instance is between two states; the same call later, for up to a minute
 * - `transient`: the same call later
 * - `stop`: no call of this request can succeed
 * - `refused`: one of the instances may be the cause; without it the others may pass
 */
export type ErrorKind = 'throttled' | 'passing' | 'transient' | 'stop' | 'refused';

// Sources: the error tables of DetachKeyPair, RebootInstances and of the common gateway codes; codes that callers of
// ECS report as passing (`LastTokenProcessing`, `SystemBusy`, `UnknownError`).
const TABLE: readonly (readonly [RegExp, ErrorKind])[] = [
  [/(^|\.)Throttling/, 'throttled'],
  [/^IncorrectInstanceStatus/, 'passing'],
  [/^(InternalError|InvalidOperation\.Conflict|OperationConflict|LastTokenProcessing)(\.|$)/, 'transient'],
  [/^(SystemBusy|UnknownError|SignatureNonceUsed)(\.|$)/, 'transient'],
  [/^(InvalidKeyPairName|InvalidRegionId|InvalidAccessKeyId|InvalidSecurityToken|InvalidTimeStamp)(\.|$)/, 'stop'],
  [/^(InvalidAction|InvalidApi|InvalidProduct|InvalidProtocol|InvalidVersion)(\.|$)/, 'stop'],
  [/^(SignatureDoesNotMatch|IncompleteSignature|InvalidSignatureMethod|IllegalTimestamp)(\.|$)/, 'stop'],
  [/^Missing|NotSupportedEndpoint$|^Forbidden\.RiskControl$/, 'stop'],
  // An account in arrears; InstanceExpiredOrInArrears is about one instance.
  [/^(?!Instance).*(Arrear|InDebt|InsufficientBalance|NotEnoughBalance)/, 'stop'],
];

/** `status` is absent for an item inside a 200, which is judged by its code alone; an item's code may be a status. */
export function errorKind(code: string, status = statusIn(code)): ErrorKind {
  if (status === 429) return 'throttled';
  const row = TABLE.find(([pattern]) => pattern.test(code));
  if (row) return row[1];
  return status >= 500 || /(^|\.)ServiceUnavailable$/.test(code) ? 'transient' : 'refused';
}

function statusIn(code: string): number {
  return /^\d{3}$/.test(code) ? Number(code) : 0;
}

export function isRetryable(kind: ErrorKind): boolean {
  return kind === 'throttled' || kind === 'passing' || kind === 'transient';
}

/** Whether another run may get further than this one: it has credentials and a clock of its own. */
export function isForAnotherRun(kind: ErrorKind, code: string): boolean {
  return (
    isRetryable(kind) || /^(InvalidSecurityToken|InvalidAccessKeyId|InvalidTimeStamp|IllegalTimestamp)(\.|$)/.test(code)
  );
}
