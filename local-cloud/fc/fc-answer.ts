import type { Answer } from '../http/answer.ts';
import { ApiError } from '../http/api-error.ts';
import { newFcRequestId } from './invocation.ts';
import type { Edition } from './settings.ts';

/** A refusal of FC's gateway or API, in the words of its edition. */
export function fcRefusal(error: unknown, edition: Edition): Answer {
  if (!(error instanceof ApiError)) throw error;
  const { status, code, message, headers } = error;
  const requestId = newFcRequestId();
  const body =
    edition === 'fc3'
      ? { RequestId: requestId, Code: code, Message: message }
      : { ErrorCode: code, ErrorMessage: message };
  return {
    status,
    code,
    headers: { 'content-type': 'application/json', 'x-fc-request-id': requestId, ...headers },
    body: JSON.stringify(body),
  };
}
