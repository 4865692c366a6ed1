import { type CallError, callErrorOf } from '../../shared/ecs/call-error.ts';

/** Why a read or a change did not succeed. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  /** What RAM asks for this call: `ram:CreateRole on acs:ram:*:<account>:role/<name>`. */
  readonly right: string;
  readonly isForbidden: boolean;
  /** The change may have been made all the same. */
  readonly maybeDone: boolean;
};

export function failureOf(error: unknown, right: string): Failure {
  const failure: CallError = callErrorOf(error);
  return {
    code: failure.codeToReport,
    message: failure.message,
    right,
    isForbidden: failure.status === 403,
    maybeDone: failure.applied === 'maybe',
  };
}
