import { setTimeout as sleep } from 'node:timers/promises';
import { CallError, callErrorOf } from '../ecs/call-error.ts';
import { isRetryable } from '../ecs/error-kind.ts';
import type { Deadline } from '../fc/deadline.ts';
import { backoffMs } from './backoff.ts';
import type { CallLimit, Operation } from './call-limit.ts';

export type RetryOptions = {
  deadline: Deadline;
  /** One call, at most. */
  timeoutMs: number;
  /** Calls that fail or stay silent. Throttled ones, and states that pass, do not count: they end with the deadline. */
  attempts?: number;
  onFailure?: (error: CallError) => void;
};

/** The first wait is short, since most failures are of the moment; it doubles up to the cap. */
const BASE_MS = 100;
/** Long enough to spare a service that is down, short enough to find one that is up again. */
const CAP_MS = 5_000;
/** With these waits some 12 s of failures on average: a service that restarts takes less. */
const ATTEMPTS = 8;
/** A host that does not exist, or fails the handshake, does so again; three tries are for a network that comes up. */
const UNREACHABLE_ATTEMPTS = 3;

/**
 * Makes one call until it passes. Throws the last `CallError` when it cannot pass, has failed too often, or the next try
 * would come after the deadline: then it gives up at once instead of waiting for nothing. Where there is a limit it is
 * this that waits after a throttled call.
 */
export async function retrying<T>(
  call: (timeoutMs: number) => Promise<T>,
  options: RetryOptions,
  limit?: CallLimit,
): Promise<T> {
  const { deadline, timeoutMs, attempts = ATTEMPTS, onFailure } = options;
  let failures = 0;
  let reason = CallError.expired();
  for (let tries = 1; ; tries++) {
    if (deadline.left() <= 0) throw reason;
    const end = await limit?.(deadline);
    try {
      const answer = await call(Math.min(timeoutMs, deadline.left()));
      end?.();
      return answer;
    } catch (thrown) {
      const error = callErrorOf(thrown);
      end?.(error);
      onFailure?.(error);
      if (limit && error.kind === 'throttled') {
        reason = error;
        continue;
      }
      if (error.kind === 'transient') failures += 1;
      const wait = Math.max(error.retryAfterMs ?? 0, backoffMs(tries, BASE_MS, CAP_MS));
      const most = error.reached ? attempts : Math.min(attempts, UNREACHABLE_ATTEMPTS);
      if (!isRetryable(error.kind) || failures >= most || wait >= deadline.left()) throw error;
      await sleep(wait);
    }
  }
}

/** The same for a call of an operation, at its pace. */
export function asking<Query, Answer>(
  operation: Operation<Query, Answer>,
  query: Query,
  options: RetryOptions,
): Promise<Answer> {
  return retrying((timeoutMs) => operation(query, timeoutMs), options, operation.limit);
}
