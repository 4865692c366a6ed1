import { callOf, type LimiterEvent, next, OPEN, readyAt, type Sent } from './rate-limiter-state.ts';

/** One for all calls of a request to one operation: ECS counts per account, region and operation. */
export type RateLimiter = {
  /** Resolves when a call may be sent; with undefined when none may be by the deadline, or once `stopped` has resolved. */
  acquire(stopped?: Promise<unknown>): Promise<Permit | undefined>;
};

/** To be ended exactly once, by how ECS took the call. */
export type Permit = { passed(): void; throttled(hintMs?: number): void; unanswered(): void };

/** Real time, or a simulation's. */
export type Clock = {
  now(): number;
  /** Returns how to cancel. */
  after(ms: number, callback: () => void): () => void;
};

export type RateLimiterOptions = {
  deadline: number;
  random?: () => number;
  clock?: Clock;
};

const REAL_TIME: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export function createRateLimiter({
  deadline,
  random = Math.random,
  clock = REAL_TIME,
}: RateLimiterOptions): RateLimiter {
  const waiting: ((permit: Permit | undefined) => void)[] = [];
  let state = OPEN;
  let cancelTimer = () => {};

  function pump(): void {
    cancelTimer();
    while (waiting.length > 0) {
      const now = clock.now();
      if (Math.max(now, state.nextAt) >= deadline) {
        for (const grant of waiting.splice(0)) grant(undefined);
        return;
      }
      const wait = Math.min(readyAt(state), deadline) - now;
      if (wait > 0) {
        cancelTimer = clock.after(wait, pump);
        return;
      }
      const sent = callOf(state, now);
      state = next(state, { kind: 'sent' }, now);
      waiting.shift()?.(permitFor(sent));
    }
  }

  function permitFor(sent: Sent): Permit {
    const report = (event: LimiterEvent) => {
      state = next(state, event, clock.now());
      pump();
    };
    return {
      passed: () => report({ kind: 'passed', sent }),
      throttled: (hintMs = 0) => report({ kind: 'throttled', sent, hintMs, random: random() }),
      unanswered: () => report({ kind: 'unanswered', sent }),
    };
  }

  function leave(grant: (permit: Permit | undefined) => void): void {
    const index = waiting.indexOf(grant);
    if (index < 0) return;
    waiting.splice(index, 1);
    grant(undefined);
    pump();
  }

  return {
    acquire: (stopped) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        stopped?.then(() => leave(resolve));
        pump();
      }),
  };
}
