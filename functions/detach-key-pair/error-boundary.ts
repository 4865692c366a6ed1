import { causeOf } from '../../shared/log/log.ts';
import { type Answer, type Asked, errorAnswer } from './answer/answer.ts';
import type { Caller } from './caller.ts';
import type { Invocation } from './invocation.ts';
import { RequestError } from './request/request-error.ts';

/** Runs the work and answers for it: what goes wrong becomes an answer too, and a line in the log. */
export async function withErrorResponse(
  caller: Caller,
  host: string,
  { context, log }: Pick<Invocation, 'context' | 'log'>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const asked = { requestId: context.requestId, host };
  try {
    return await work();
  } catch (error) {
    if (error instanceof RequestError) {
      const { status, code, message, reason } = error;
      log.warn('refused', { caller, status, code, message, ...(reason !== undefined && { reason }) });
      return { ...errorAnswer(error.status, error.code, error.message, asked), headers: error.headers };
    }
    log.error('failed', { caller, cause: causeOf(error) });
    return internalError(asked);
  }
}

/** Our fault: the caller gets the request id, the log names the cause. */
export function internalError(asked: Asked): Answer {
  const message = `The request processing has failed due to some unknown error. The log of the function has the cause under ${asked.requestId}.`;
  return errorAnswer(500, 'InternalError', message, asked);
}
