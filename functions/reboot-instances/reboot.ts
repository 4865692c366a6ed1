import { setTimeout as sleep } from 'node:timers/promises';
import { CallError, callErrorOf } from '../../shared/ecs/call-error.ts';
import type { Ecs } from '../../shared/ecs/ecs.ts';
import type { Deadline } from '../../shared/fc/deadline.ts';
import { backoffMs } from '../../shared/retry/backoff.ts';
import { createRateLimiter, type RateLimiter } from '../../shared/retry/rate-limiter.ts';
import { look } from './look.ts';
import type { RebootOutcome } from './outcome.ts';
import { begin, isDecided, isPending, type Pending } from './pending.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { send } from './send.ts';

export type RebootRequest = {
  readonly ecs: Ecs;
  readonly regionId: string;
  readonly force: boolean;
  readonly detachedAt: number;
  /** What is not done by then is left for another run. */
  readonly deadline: Deadline;
  readonly timeoutMs: number;
};

export type RebootRun = RebootRequest & {
  /** How many instances the message names. */
  readonly instances: number;
  readonly limiter: RateLimiter;
  readonly refusals: Refusals;
};

export type Rebooted = { readonly outcomes: readonly RebootOutcome[]; readonly left: readonly Pending[] };

/** Between two rounds: an instance that stops or starts takes a minute or so. */
const ROUND_MS = 1_000;
const ROUND_CAP_MS = 10_000;

/**
 * Describe → leave out the instances that need no reboot → reboot the rest, round after round until all are decided or
 * the time is up. What a call may have reached is described before it is sent again.
 */
export async function reboot(instanceIds: readonly string[], request: RebootRequest): Promise<Rebooted> {
  const { deadline } = request;
  const limiter = createRateLimiter({ deadline: deadline.at });
  const run = { ...request, instances: instanceIds.length, limiter, refusals: createRefusals() };
  const outcomes: RebootOutcome[] = [];
  let left: readonly Pending[] = instanceIds.map(begin);
  for (let round = 1; left.length > 0; round++) {
    const seen = await look(left, run).catch(callErrorOf);
    if (seen instanceof CallError)
      return { outcomes, left: left.map((one) => (one.called ? one : because(one, seen))) };
    const ready = seen.filter(isPending).filter(({ unseen }) => !unseen);
    const { steps, isOver } = await send(ready, run);
    const moving = seen.filter(isPending).filter(({ unseen }) => unseen);
    outcomes.push(...seen.filter(isDecided), ...steps.filter(isDecided));
    left = [...moving, ...steps.filter(isPending)];
    const wait = isThrottled(left) ? 0 : backoffMs(round, ROUND_MS, ROUND_CAP_MS);
    if (isOver || wait >= deadline.left()) break;
    if (left.length > 0) await sleep(wait);
  }
  return { outcomes, left };
}

function because(pending: Pending, { codeToReport: code, message }: CallError): Pending {
  return { ...pending, reason: { code, message } };
}

/** Then the rate limiter waits. */
function isThrottled(left: readonly Pending[]): boolean {
  return left.every(({ reason }) => reason.code.includes('Throttling'));
}
