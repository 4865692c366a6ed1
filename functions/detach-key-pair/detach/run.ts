import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Ecs } from '../../../shared/ecs/ecs.ts';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import type { Log } from '../../../shared/log/log.ts';
import { backoffMs } from '../../../shared/retry/backoff.ts';
import { createRateLimiter, type Permit, type RateLimiter } from '../../../shared/retry/rate-limiter.ts';
import type { Failure } from '../outcome.ts';
import { createDescriber, type Describer } from './describe.ts';
import { createRejectionRules, type RejectionRules } from './rejection-rules.ts';
import { callTimeoutMs, type TimeBudget } from './time-budget.ts';

export type DetachTarget = { readonly regionId: string; readonly keyPairName: string };

/** What all runs in one place share: ECS counts calls by account, region and operation. */
export type PlaceLimits = { readonly slot: LimitFunction; readonly limiter: RateLimiter };

/** `concurrency`: detach calls at once. */
export function createPlaceLimits(sendBy: Deadline, concurrency: number): PlaceLimits {
  return { slot: pLimit(concurrency), limiter: createRateLimiter({ deadline: sendBy.at }) };
}

/** What all batches of one key pair in one place share. */
export type DetachRun = {
  readonly ecs: Ecs;
  readonly target: DetachTarget;
  readonly log: Log;
  /** A permit for a call; undefined when there is none in time, or the run is stopped. */
  permit(): Promise<Permit | undefined>;
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
  limits: PlaceLimits;
  ecsTimeoutMs: number;
};

const BASE_MS = 100;
const CAP_MS = 20_000;

export function createRun({ ecs, target, log, limits, ecsTimeoutMs, ...budget }: RunOptions): DetachRun {
  const { sendBy, resolveBy } = budget;
  const rules = createRejectionRules();
  const stopping = new AbortController();
  const stopped = new Promise<undefined>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(undefined));
  });
  let reason: Failure | undefined;
  let usualMs: number | undefined;
  return {
    ecs,
    target,
    log,
    permit: async () => (reason ? undefined : limits.limiter.acquire({ stopped })),
    describer: createDescriber({
      ecs,
      regionId: target.regionId,
      deadline: resolveBy,
      timeoutMs: ecsTimeoutMs,
    }),
    rules,
    slot: limits.slot,
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
    },
    stopped: () => reason,
  };
}
