import type { CallError } from '../../shared/ecs/call-error.ts';
import { isForAnotherRun } from '../../shared/ecs/error-kind.ts';
import type { Failure } from './outcome.ts';

/** A call's failure as the failure of each of its instances, with ECS's own code where ECS gave one. */
export function failureOf({ code, status, message, kind, reached }: CallError): Failure {
  if (!reached) return code === undefined ? unreachable(message) : notSent();
  if (code === undefined || status === undefined) return OUTCOME_UNKNOWN;
  return { code, message, why: 'rejected', status, retryable: isForAnotherRun(kind, code) };
}

function unreachable(reason: string): Failure {
  return {
    code: 'ServiceUnavailable',
    message: `Nothing was sent for this instance: ${reason}. Try again.`,
    why: 'unreachable',
    retryable: true,
  };
}

export const OUTCOME_UNKNOWN: Failure = {
  code: 'OutcomeUnknown',
  message: 'ECS gave no readable answer, and describing did not settle whether the key pair is off. Ask again.',
  why: 'unknown',
  retryable: true,
};

/** `last`: what ECS last said to these instances, when it refused them for the moment only. */
export function notSent(last?: Failure): Failure {
  if (last?.why === 'unreachable') return last;
  const reason = last ? ` ECS last answered ${last.code}.` : '';
  return {
    code: 'DeadlineExceeded',
    message: `The function's time was up before this instance could be sent: it is untouched.${reason} Try again.`,
    why: 'not-sent',
    retryable: true,
  };
}

/** As ECS words it for other operations. */
export const NOT_FOUND: Failure = {
  code: 'InvalidInstanceId.NotFound',
  message: 'The specified InstanceId does not exist.',
  why: 'rejected',
  retryable: false,
};
