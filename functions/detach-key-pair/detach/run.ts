import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../../shared/backoff.ts';
import type { Deadline } from '../../../shared/deadline.ts';
import type { Ecs } from '../../../shared/ecs.ts';
import type { Log } from '../../../shared/log.ts';
import type { Failure } from '../../../shared/outcome.ts';
import { createPacer, type Pacer } from '../../../shared/pacer.ts';
import { createDescriber, type Describer } from './describe.ts';
import { createSuspicion, type Suspicion } from './suspicion.ts';

export type DetachTarget = { readonly regionId: string; readonly keyPairName: string };

/** What all batches of one request share. */
export type DetachRun = {
  readonly ecs: Ecs;
  readonly target: DetachTarget;
  readonly log: Log;
  readonly pacer: Pacer;
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
  settleBy: Deadline;
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
  settleBy,
  ecsTimeoutMs,
  baseMs = BASE_MS,
}: RunOptions): DetachRun {
  const pacer = createPacer({ deadline: sendBy.at, baseMs });
  const stopping = new AbortController();
  let reason: Failure | undefined;
  return {
    ecs,
    target,
    log,
    pacer,
    describer: createDescriber({ ecs, regionId: target.regionId, deadline: settleBy, timeoutMs: ecsTimeoutMs, baseMs }),
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
      pacer.close();
    },
    stopped: () => reason,
  };
}
