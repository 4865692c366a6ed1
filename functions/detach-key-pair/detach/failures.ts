import type { CallError } from '../../../shared/ecs/call-error.ts';
import { errorKind, isForAnotherRun } from '../../../shared/ecs/error-kind.ts';
import type { Failure } from '../outcome.ts';

/** A call's failure as the failure of each of its instances, with ECS's own code where ECS gave one. */
export function failureOf({ code, status, message, kind, reached }: CallError): Failure {
  if (code === UNTOUCHED) return deadlineExceeded();
  if (!reached) return SERVICE_UNAVAILABLE;
  if (code === undefined || status === undefined) return OUTCOME_UNKNOWN;
  return { code, message, status, retryable: isForAnotherRun(kind, code) };
}

export const SERVICE_UNAVAILABLE: Failure = {
  code: 'ServiceUnavailable',
  message: 'ECS was never reached: nothing was sent for this instance. Try again.',
  retryable: true,
};

export const OUTCOME_UNKNOWN: Failure = {
  code: 'OutcomeUnknown',
  message: 'ECS gave no readable answer, and describing did not settle whether the key pair is off. Ask again.',
  retryable: true,
};

/** The code of what was never sent, or only refused whole: another run can do it as if nothing had been. */
export const UNTOUCHED = 'DeadlineExceeded';

/** `last`: what ECS last said to these instances, when it refused them for the moment only. */
export function deadlineExceeded(last?: Failure): Failure {
  if (last === SERVICE_UNAVAILABLE) return last;
  const why = last ? ` ECS last answered ${last.code}.` : '';
  return {
    code: UNTOUCHED,
    message: `The function's time was up before this instance's turn: it is untouched.${why} Try again.`,
    retryable: true,
  };
}

/** As ECS words it for other operations. */
export const NOT_FOUND: Failure = {
  code: 'InvalidInstanceId.NotFound',
  message: 'The specified InstanceId does not exist.',
  retryable: false,
};

/** ECS itself has said nothing of it. */
export function isSilence(failure: Failure): boolean {
  return failure === SERVICE_UNAVAILABLE || failure === OUTCOME_UNKNOWN || failure.code === UNTOUCHED;
}

/** The whole call was refused for lack of permission. */
export function isDenial({ code, status }: Failure): boolean {
  return status !== undefined && errorKind(code, status) === 'denied';
}
