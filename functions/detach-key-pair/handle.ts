import { causeOf } from '../../shared/log.ts';
import { type Answer, errorAnswer } from './answer.ts';
import { callerOf } from './caller.ts';
import { detachKeyPair } from './detach-key-pair.ts';
import type { Invocation } from './invocation.ts';
import { readFields } from './request/fields.ts';
import type { HttpRequest } from './request/http-request.ts';
import { parseRequest } from './request/parse-request.ts';
import { RequestError } from './request/request-error.ts';
import { withToken } from './request/token.ts';
import { route } from './route.ts';

/** One HTTP request → its answer. Never throws: what goes wrong becomes an answer too. */
export async function handle(http: HttpRequest, invocation: Invocation): Promise<Answer> {
  const { config, context, log } = invocation;
  const caller = callerOf(http);
  try {
    const page = route(http);
    if (page) return page;
    const request = parseRequest(withToken(readFields(http), http), config);
    return await detachKeyPair(request, { caller, host: http.host }, invocation);
  } catch (error) {
    const asked = { requestId: context.requestId, host: http.host };
    if (error instanceof RequestError) {
      log.warn('refused', { caller, status: error.status, code: error.code, message: error.message });
      return { ...errorAnswer(error.status, error.code, error.message, asked), headers: error.headers };
    }
    log.error('failed', { caller, cause: causeOf(error) });
    return internalError(asked);
  }
}

/** Our fault: the caller gets the request id, the log names the cause. */
export function internalError(asked: { requestId: string; host: string }): Answer {
  const message = `The request processing has failed due to some unknown error. Its id is ${asked.requestId}.`;
  return errorAnswer(500, 'InternalError', message, asked);
}
