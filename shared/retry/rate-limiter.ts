import { callOf, type LimiterEvent, next, OPEN, readyAt, type Sent } from './rate-limiter-state.ts';

/** One for all calls of a request to one operation: ECS counts per account, region and operation. */
export type RateLimiter = {
  /** Resolves when a call may be sent; with undefined when none may be by the deadline, or once `stopped` has resolved. */
  acquire(wait?: Wait): Promise<Permit | undefined>;
};

/** `by`: the caller's own deadline, ms since the epoch, where it has one. */
export type Wait = { readonly stopped?: Promise<unknown>; readonly by?: number };

/** To be ended exactly once, by how ECS took the call. */
export type Permit = { passed(): void; throttled(hintMs?: number): void; unanswered(): void };

/** Real time, or a simulation's. */
export type Clock = {
  now(): number;
  /** Returns how to cancel. */
  after(ms: number, callback: () => void): () => void;
};

export type RateLimiterOptions = {
  deadline?: number;
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
  deadline = Number.POSITIVE_INFINITY,
  random = Math.random,
  clock = REAL_TIME,
}: RateLimiterOptions = {}): RateLimiter {
  const waiting = new Set<Waiting>();
  let state = OPEN;
  let cancelTimer = () => {};

  function pump(): void {
    cancelTimer();
    for (;;) {
      const now = clock.now();
      const soonest = Math.max(now, state.nextAt);
      for (const late of waiting) if (late.by <= soonest) end(late);
      const [first] = waiting;
      if (!first) return;
      const wait = Math.min(readyAt(state), ...Array.from(waiting, ({ by }) => by)) - now;
      if (wait > 0) {
        cancelTimer = clock.after(wait, pump);
        return;
      }
      const sent = callOf(state, now);
      state = next(state, { kind: 'sent' }, now);
      end(first, permitFor(sent));
    }
  }

  function end(one: Waiting, permit?: Permit): void {
    waiting.delete(one);
    one.grant(permit);
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

  return {
    acquire: ({ stopped, by = deadline } = {}) =>
      new Promise((grant) => {
        const one = { grant, by };
        waiting.add(one);
        stopped?.then(() => {
          end(one);
          pump();
        });
        pump();
      }),
  };
}

type Waiting = { readonly grant: (permit: Permit | undefined) => void; readonly by: number };
