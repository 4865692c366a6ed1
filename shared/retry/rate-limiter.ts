import { backoffMs } from './backoff.ts';

/**
 * One for all calls of a request to one operation: ECS counts per account, region and operation, so one refusal is news
 * for every batch. Full speed until ECS refuses; then nothing but one probe at a time until ECS takes it; then at the
 * rate that ECS last bore, growing slowly at first and faster the longer it is borne.
 */
export type RateLimiter = {
  /** Resolves when a call may be sent; with undefined when none may be, by the deadline or ever. */
  acquire(): Promise<Permit | undefined>;
  /** Nobody gets a permit any more, those who wait included. */
  close(): void;
};

/** To be ended exactly once, by how ECS took the call. */
export type Permit = { passed(): void; throttled(hintMs?: number): void; unanswered(): void };

export type RateLimiterOptions = {
  deadline: number;
  /** The first wait after a refusal, at most; it doubles with each refused probe. */
  baseMs?: number;
  /** Windows of a minute are found open again within this. */
  capMs?: number;
  random?: () => number;
};

/** Over which the borne rate is measured, however short the burst was: a burst is no rate. */
const MEASURE_MS = 1_000;
/** Calls in that time, at the most, that count; ECS lets far fewer through. */
const REMEMBERED = 1_000;

export function createRateLimiter({
  deadline,
  baseMs = 100,
  capMs = 5_000,
  random = Math.random,
}: RateLimiterOptions): RateLimiter {
  const waiting: ((permit: Permit | undefined) => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let era = 0; // a refusal of a call that was sent before the last one says nothing new
  let refusals = 0; // in a row; above 0: shut, but for probes
  let probing = false;
  let nextAt = 0;
  let borne = Number.POSITIVE_INFINITY; // calls per second that ECS took before it last refused
  let reopenedAt = 0;
  const passes: number[] = []; // when, the last ones

  function pump(): void {
    clearTimeout(timer);
    while (waiting.length > 0) {
      const now = Date.now();
      if (ended || Math.max(now, nextAt) >= deadline) {
        for (const grant of waiting.splice(0)) grant(undefined);
        return;
      }
      if (refusals > 0 && probing) {
        timer = setTimeout(pump, deadline - now);
        return;
      }
      if (nextAt > now) {
        timer = setTimeout(pump, nextAt - now);
        return;
      }
      probing = refusals > 0;
      nextAt = now + intervalMs(now);
      waiting.shift()?.(newTurn());
    }
  }

  // Flat at first, so that little is refused while the limit stands; steep later, in case it was lifted.
  function intervalMs(now: number): number {
    const seconds = (now - reopenedAt) / 1_000;
    return 1_000 / (borne * (1 + seconds ** 2 / 20));
  }

  function newTurn(): Permit {
    const mine = era;
    return {
      passed() {
        const now = Date.now();
        passes.push(now);
        if (passes.length > 2 * REMEMBERED) passes.splice(0, REMEMBERED);
        if (mine === era && refusals > 0) {
          refusals = 0;
          probing = false;
          reopenedAt = now;
          nextAt = now + intervalMs(now);
        }
        pump();
      },
      throttled(hintMs = 0) {
        const now = Date.now();
        if (mine === era) {
          era += 1;
          refusals += 1;
          probing = false;
          const taken = passes.filter((passedAt) => passedAt > now - MEASURE_MS).length;
          if (refusals === 1 && taken > 0) borne = taken * (1_000 / MEASURE_MS);
          nextAt = now + backoffMs(refusals, baseMs, capMs, random);
        }
        nextAt = Math.max(nextAt, now + hintMs);
        pump();
      },
      unanswered() {
        if (mine === era) probing = false;
        pump();
      },
    };
  }

  return {
    acquire: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        pump();
      }),
    close() {
      ended = true;
      pump();
    },
  };
}
