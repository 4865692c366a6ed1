import type { Clock } from '../clock.ts';

export type Throttle =
  /** A bucket of `burst` calls that fills up by `perSecond`. */
  | { kind: 'bucket'; perSecond: number; burst: number }
  /** `limit` calls in each window; windows begin at whole multiples of `seconds`, as minutes do. */
  | { kind: 'window'; limit: number; seconds: number };

/** ECS counts per account, region and operation, "API throttling" in its developer reference. */
export class Throttles {
  readonly #rules: Map<string, Throttle>;
  readonly #counters = new Map<string, Counter>();
  readonly #clock: Clock;

  constructor(rules: Readonly<Record<string, Throttle>>, clock: Clock) {
    this.#rules = new Map(Object.entries(rules));
    this.#clock = clock;
  }

  set(action: string, rule: Throttle | undefined): void {
    if (rule) this.#rules.set(action, rule);
    else this.#rules.delete(action);
    for (const key of this.#counters.keys()) if (key.endsWith(`/${action}`)) this.#counters.delete(key);
  }

  /** 0 when the call may go on, else the real milliseconds until the next one may. */
  take(accountId: string, regionId: string, action: string): number {
    const rule = this.#rules.get(action);
    if (!rule) return 0;
    const key = `${accountId}/${regionId}/${action}`;
    const counter = this.#counters.get(key) ?? counterFor(rule, this.#clock.now());
    this.#counters.set(key, counter);
    return Math.ceil(counter.take(this.#clock.now()) / this.#clock.speed);
  }
}

interface Counter {
  take(now: number): number;
}

function counterFor(rule: Throttle, start: number): Counter {
  return rule.kind === 'bucket' ? bucket(rule.perSecond, rule.burst, start) : window(rule.limit, rule.seconds * 1000);
}

function bucket(perSecond: number, burst: number, start: number): Counter {
  let level = burst;
  let filledAt = start;
  return {
    take(now) {
      level = Math.min(burst, level + ((now - filledAt) / 1000) * perSecond);
      filledAt = now;
      if (level < 1) return ((1 - level) / perSecond) * 1000;
      level--;
      return 0;
    },
  };
}

function window(limit: number, ms: number): Counter {
  let current = Number.NaN;
  let used = 0;
  return {
    take(now) {
      const number = Math.floor(now / ms);
      if (number !== current) {
        current = number;
        used = 0;
      }
      if (used >= limit) return (number + 1) * ms - now;
      used++;
      return 0;
    },
  };
}
