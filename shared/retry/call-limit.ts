import { CallError } from '../ecs/call-error.ts';
import type { Deadline } from '../fc/deadline.ts';
import { createRateLimiter, type Permit } from './rate-limiter.ts';

/**
 * The pace of one operation in one place. Resolves when a call may be sent, with how to say what became of it; throws what
 * the service last said of too many calls when none may be sent by the deadline.
 */
export type CallLimit = (deadline: Deadline) => Promise<(error?: CallError) => void>;

/** An operation, with the limit that all its calls share. */
export type Operation<Query, Answer> = {
  (query: Query, timeoutMs: number): Promise<Answer>;
  readonly limit?: CallLimit;
};

export function createCallLimit(): CallLimit {
  const limiter = createRateLimiter();
  let refusal: CallError | undefined;
  return async ({ at }) => {
    const permit = await limiter.acquire({ by: at });
    if (!permit) throw refusal ?? CallError.expired();
    return (error) => {
      if (error?.kind === 'throttled') refusal = error;
      endPermit(permit, error);
    };
  };
}

/** The same limit for the same key. */
export function createCallLimits(): (key: string) => CallLimit {
  const limits = new Map<string, CallLimit>();
  return (key) => {
    const limit = limits.get(key) ?? createCallLimit();
    limits.set(key, limit);
    return limit;
  };
}

/** What a call's end says of the pace. One that was not answered says nothing. */
export function endPermit(permit: Permit, error: CallError | undefined): void {
  if (error?.kind === 'throttled') permit.throttled(error.retryAfterMs);
  else if (error && error.status === undefined) permit.unanswered();
  else permit.passed();
}
