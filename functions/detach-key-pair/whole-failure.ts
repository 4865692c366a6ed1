import { callErrorOf } from '../../shared/call-error.ts';
import { failed } from '../../shared/outcome.ts';
import type { Result } from './answer.ts';
import { failureOf } from './detach/failures.ts';
import type { DetachRequest } from './request/parse-request.ts';
import { RequestError } from './request/request-error.ts';

/**
 * What failed before any instance could be asked about (the role cannot be assumed, the instances cannot be found) is
 * the failure of each instance that was named. Where none was, there is nothing but the error to answer with.
 */
export function wholeFailure(error: unknown, { target }: DetachRequest): Result {
  const failure = failureOf(callErrorOf(error));
  if (target.kind === 'filter') throw new RequestError(failure.status ?? 503, failure.code, failure.message);
  const outcomes = target.instanceIds.map((id) => failed(id, failure));
  return { outcomes, sections: {}, unfinished: failure.retryable };
}
