import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Ecs } from '../../../shared/ecs/ecs.ts';
import type { Log } from '../../../shared/log/log.ts';
import { backoffMs } from '../../../shared/retry/backoff.ts';
import { createRateLimiter, type RateLimiter } from '../../../shared/retry/rate-limiter.ts';
import type { Failure } from '../outcome.ts';
import { createDescriber, type Describer } from './describe.ts';
import { createRejectionRules, type RejectionRules } from './rejection-rules.ts';
import { callTimeoutMs, type TimeBudget } from './time-budget.ts';

export type DetachTarget = { readonly regionId: string; readonly keyPairName: string };

/** What all batches of one request share. */
export type DetachRun = {
  readonly ecs: Ecs;
  readonly target: DetachTarget;
  readonly log: Log;
  readonly limiter: RateLimiter;
  readonly describer: Describer;
  readonly rules: RejectionRules;
  /** Runs one call when fewer than `concurrency` are under way. */
  readonly slot: LimitFunction;
  /** How long a detach call that starts now may take, at most; undefined when there is no time for one. */
  callTimeoutMs(): number | undefined;
  /** A call was answered after so long. */
  answeredAfter(ms: number): void;
  /** Waits before the next try; false when there is no use in waiting: the deadline comes first, or a stop. */
  pause(attempt: number, hintMs?: number): Promise<boolean>;
  /** No call of this request can succeed any more: nothing more is sent. The first reason stays. */
  stop(reason: Failure): void;
  stopped(): Failure | undefined;
};

export type RunOptions = TimeBudget & {
  ecs: Ecs;
  target: DetachTarget;
  log: Log;
  ecsTimeoutMs: number;
  /** Detach calls at once. */
  concurrency: number;
};

const BASE_MS = 100;
const CAP_MS = 20_000;

export function createRun({ ecs, target, log, ecsTimeoutMs, concurrency, ...budget }: RunOptions): DetachRun {
  const { sendBy, resolveBy } = budget;
  const limiter = createRateLimiter({ deadline: sendBy.at });
  const rules = createRejectionRules();
  const stopping = new AbortController();
  let reason: Failure | undefined;
  let usualMs: number | undefined;
  return {
    ecs,
    target,
    log,
    limiter,
    describer: createDescriber({
      ecs,
      regionId: target.regionId,
      deadline: resolveBy,
      timeoutMs: ecsTimeoutMs,
    }),
    rules,
    slot: pLimit(concurrency),
    callTimeoutMs: () => callTimeoutMs(budget, ecsTimeoutMs, usualMs),
    answeredAfter(ms) {
      usualMs = Math.min(ms, usualMs ?? ms); // the fastest: what took longer was waiting, here or there
    },
    async pause(attempt, hintMs = 0) {
      const wait = Math.max(hintMs, backoffMs(attempt, BASE_MS, CAP_MS));
      if (wait >= sendBy.left()) return false;
      return sleep(wait, true, { signal: stopping.signal }).catch(() => false);
    },
    stop(failure) {
      reason ??= failure;
      stopping.abort();
      limiter.close();
    },
    stopped: () => reason,
  };
}
