import { CallError } from '../call-error.ts';
import { isRecord, recordOf, textOf } from '../record.ts';
import { type Present, presentable } from '../redact.ts';
import { ExchangeTimeout } from './exchange.ts';

// Codes of Node's sockets and TLS that are raised before anything of the request can have been sent.
const UNREACHED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Whatever an SDK throws, as a `CallError`. The SDK's own message is dropped: it holds the URL. */
export function callFailure(error: unknown, present: Present = presentable): CallError {
  if (error instanceof CallError) return error;
  if (error instanceof ExchangeTimeout) return error.sent ? silence(error) : CallError.unreached(error);
  if (!isRecord(error)) return silence(error);
  const { statusCode, data, retryAfter, code, syscall } = error;
  const answered = recordOf(data);
  const ecsCode = textOf(answered['Code']);
  if (typeof statusCode === 'number' && ecsCode) {
    const message = present(textOf(answered['Message']) ?? ecsCode);
    const hint = typeof retryAfter === 'number' && retryAfter >= 0 ? retryAfter : undefined;
    return CallError.answered(statusCode, present(ecsCode), message, hint);
  }
  const never = syscall === 'connect' || UNREACHED.test(String(code));
  return never ? CallError.unreached(error) : silence(error);
}

function silence(cause: unknown): CallError {
  return CallError.unreadable('the service gave no readable answer', cause);
}
