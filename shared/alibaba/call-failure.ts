import { CallError } from '../ecs/call-error.ts';
import type { Sanitize } from '../log/sanitize.ts';
import { recordOf, textOf } from '../record.ts';
import type { SdkCallFailure } from './sdk-call.ts';

// Codes of Node's sockets and TLS that are raised before anything of the request can have been sent.
const UNREACHED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** A failed runSdkCall as a `CallError`. The SDK's own message is dropped: it holds the URL. */
export function callFailure({ cause, status, retryAfterMs, timedOut }: SdkCallFailure, sanitize: Sanitize): CallError {
  if (cause instanceof CallError) return cause;
  if (timedOut === 'unsent') return CallError.unreached(cause);
  const { data, code, syscall } = recordOf(cause);
  const answered = recordOf(data);
  const ecsCode = textOf(answered['Code']);
  if (status !== undefined && ecsCode) {
    return CallError.answered(
      status,
      sanitize(ecsCode),
      sanitize(textOf(answered['Message']) ?? ecsCode),
      retryAfterMs,
    );
  }
  const never = syscall === 'connect' || UNREACHED.test(String(code));
  return never ? CallError.unreached(cause) : CallError.unreadable('the service gave no readable answer', cause);
}
