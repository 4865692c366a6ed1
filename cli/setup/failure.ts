import { type CallError, callErrorOf } from '../../shared/ecs/call-error.ts';

/** Why a read or a change did not succeed. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  /** What has to be permitted, where that is what is missing: `ram:CreateRole on acs:ram:*:<account>:role/<name>`. */
  readonly right?: string;
  /** The change may have been made all the same. */
  readonly maybeDone: boolean;
};

/** `right`: what RAM asks for this call. */
export function failureOf(error: unknown, right: string): Failure {
  const failure: CallError = callErrorOf(error);
  return {
    code: failure.codeToReport,
    message: failure.message,
    ...(failure.status === 403 && { right }),
    maybeDone: failure.applied === 'maybe',
  };
}
