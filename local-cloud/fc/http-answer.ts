import type { Answer } from '../http/answer.ts';
import { ApiError } from '../http/api-error.ts';
import { isRecord } from '../http/rpc-answer.ts';
import { allowedHeaders } from './http-limits.ts';
import { type InvocationResult, textValues } from './invocation.ts';
import type { FcSwitches } from './switches.ts';

/** What an HTTP client gets for what the function returned. */
export function httpAnswer(result: InvocationResult, switches: FcSwitches): Answer {
  const own = { 'x-fc-request-id': result.requestId };
  if (result.errorType !== undefined) {
    const headers = { ...own, 'x-fc-error-type': result.errorType, 'content-type': 'application/json' };
    return { status: switches.errorStatus, headers, body: result.payload };
  }
  const { status, headers, body } = result.http
    ? { status: result.http.statusCode, headers: result.http.headers, body: result.payload }
    : returned(result.payload);
  return { status, headers: { ...allowedHeaders(headers), ...own }, body };
}

/** `{statusCode, headers, isBase64Encoded, body}`; anything else is taken for a body. */
function returned(payload: Buffer): { status: number; headers: Record<string, string>; body: string | Buffer } {
  const value = parsed(payload);
  if (!isRecord(value) || value['statusCode'] === undefined) return { status: 200, headers: {}, body: payload };
  const { statusCode, headers = {}, body = '', isBase64Encoded = false } = value;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode)) throw badResponse('statusCode is no integer');
  if (typeof body !== 'string') throw badResponse('body is no string');
  if (!isRecord(headers)) throw badResponse('headers are no object');
  return {
    status: statusCode,
    headers: textValues(headers),
    body: isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}

function badResponse(message: string): ApiError {
  return new ApiError(502, 'BadResponse', `The function's answer is not valid: ${message}.`);
}
