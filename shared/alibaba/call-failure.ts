import { CallError } from '../ecs/call-error.ts';
import type { Sanitize } from '../log/sanitize.ts';
import { recordOf, textOf } from '../record.ts';
import type { SdkCallFailure } from './sdk-call.ts';

/** A failed SDK call as a `CallError`. The SDK's own message is dropped: it holds the URL. `right`: what the call needs. */
export function callFailure(failure: SdkCallFailure, sanitize: Sanitize, right?: string): CallError {
  const { cause, status, retryAfterMs, sent } = failure;
  if (cause instanceof CallError) return cause;
  if (!sent && status === undefined) return CallError.unreached(cause, failure.whyUnsent);
  const { data } = recordOf(cause);
  const answered = recordOf(data);
  const ecsCode = textOf(answered['Code']);
  if (status !== undefined && ecsCode) {
    const missing = right !== undefined && ecsCode === 'Forbidden.RAM' ? ` The right that is needed: ${right}.` : '';
    return CallError.answered(
      status,
      sanitize(ecsCode),
      sanitize(textOf(answered['Message']) ?? ecsCode) + missing,
      retryAfterMs,
    );
  }
  return CallError.unreadable('the service gave no readable answer', cause);
}
