import { setTimeout as sleep } from 'node:timers/promises';
import type { Ecs } from '../../../shared/ecs/ecs.ts';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import type { Log } from '../../../shared/log/log.ts';
import { backoffMs } from '../../../shared/retry/backoff.ts';
import { createRateLimiter, type RateLimiter } from '../../../shared/retry/rate-limiter.ts';
import type { Failure } from '../outcome.ts';
import { createDescriber, type Describer } from './describe.ts';
import { createSuspicion, type Suspicion } from './rejection-rules.ts';

export type DetachTarget = { readonly regionId: string; readonly keyPairName: string };

/** What all batches of one request share. */
export type DetachRun = {
  readonly ecs: Ecs;
  readonly target: DetachTarget;
  readonly log: Log;
  readonly limiter: RateLimiter;
  readonly describer: Describer;
  readonly suspicion: Suspicion;
  /** How long a detach call that starts now may take, at most. */
  callTimeoutMs(): number;
  /** Waits before attempt `attempt + 1`; false when there is no use in waiting: the deadline comes first, or a stop. */
  pause(attempt: number, hintMs?: number): Promise<boolean>;
  /** No call of this request can succeed any more: nothing more is sent. The first reason stays. */
  stop(reason: Failure): void;
  stopped(): Failure | undefined;
};

export type RunOptions = {
  ecs: Ecs;
  target: DetachTarget;
  log: Log;
  /** Nothing is sent after it. */
  sendBy: Deadline;
  /** Describing what is in doubt may go on until then. */
  resolveBy: Deadline;
  ecsTimeoutMs: number;
  /** The first backoff, at most. Tests shrink it. */
  baseMs?: number;
};

const BASE_MS = 100;
const CAP_MS = 20_000;

export function createRun({
  ecs,
  target,
  log,
  sendBy,
  resolveBy,
  ecsTimeoutMs,
  baseMs = BASE_MS,
}: RunOptions): DetachRun {
  const limiter = createRateLimiter({ deadline: sendBy.at, baseMs });
  const stopping = new AbortController();
  let reason: Failure | undefined;
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
      baseMs,
    }),
    suspicion: createSuspicion(),
    callTimeoutMs: () => Math.min(ecsTimeoutMs, sendBy.left()),
    async pause(attempt, hintMs = 0) {
      const wait = Math.max(hintMs, backoffMs(attempt, baseMs, CAP_MS));
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
