import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../shared/backoff.ts';
import { CallError, callErrorOf, mayBeApplied } from '../../shared/call-error.ts';
import type { Deadline } from '../../shared/deadline.ts';
import type { Ecs, RebootItem } from '../../shared/ecs.ts';
import { errorKind, isForAnotherRun, isRetryable } from '../../shared/error-kind.ts';
import { lookAgain } from './look-again.ts';
import { done, failed, type RebootOutcome } from './outcome.ts';

export type RebootRun = {
  readonly ecs: Ecs;
  readonly regionId: string;
  readonly force: boolean;
  readonly detachedAt: number;
  readonly deadline: Deadline;
  readonly timeoutMs: number;
  readonly baseMs: number | undefined;
};

const ATTEMPTS = 6;
const BASE_MS = 200;
const CAP_MS = 10_000;

/** Running instances → what became of each. What may have been carried out is looked at before anything is repeated. */
export async function reboot(instanceIds: readonly string[], run: RebootRun): Promise<RebootOutcome[]> {
  const outcomes: RebootOutcome[] = [];
  let left = instanceIds;
  for (let attempt = 1; left.length > 0; attempt++) {
    if (run.deadline.left() <= 0) break;
    const answer = await call(left, run);
    if (answer instanceof CallError && !isRetryable(answer.kind)) {
      return [...outcomes, ...(await takeApart(left, answer, run))];
    }
    const read = answer instanceof CallError ? readSilence(left, answer) : readItems(left, answer);
    const seen = await lookAgain(read.unclear, run);
    outcomes.push(...read.outcomes, ...seen.outcomes);
    left = [...read.again, ...seen.left];
    const wait = Math.max(hintOf(answer), backoffMs(attempt, run.baseMs ?? BASE_MS, CAP_MS));
    if (attempt === ATTEMPTS || wait >= run.deadline.left()) break;
    if (left.length > 0) await sleep(wait);
  }
  return [...outcomes, ...left.map((id) => failed(id, NOT_TAKEN, true))];
}

const NOT_TAKEN = {
  code: 'ServiceUnavailable',
  message: 'ECS did not take the reboot for now; a later run repeats it.',
};

type Read = {
  readonly outcomes: RebootOutcome[];
  readonly again: readonly string[];
  readonly unclear: readonly string[];
};

/** One answer with an item for each instance; the state may have changed since it was described. */
function readItems(ids: readonly string[], items: readonly RebootItem[]): Read {
  const byId = new Map(items.map((item) => [item.instanceId, item]));
  const outcomes: RebootOutcome[] = [];
  const again: string[] = [];
  const unclear: string[] = [];
  for (const id of ids) {
    const item = byId.get(id);
    if (!item?.code || mayBeApplied(item.code)) unclear.push(id);
    else if (item.code === '200') outcomes.push(done(id, 'Rebooted'));
    else if (isRetryable(errorKind(item.code))) again.push(id);
    else outcomes.push(failed(id, item, item.code === 'IncorrectInstanceStatus'));
  }
  return { outcomes, again, unclear };
}

function readSilence(ids: readonly string[], { applied }: CallError): Read {
  return applied === 'maybe' ? { outcomes: [], again: [], unclear: ids } : { outcomes: [], again: ids, unclear: [] };
}

/** `SuccessFirst` makes ECS judge each instance alone; where it refuses all the same, the culprit is sought. */
async function takeApart(ids: readonly string[], error: CallError, run: RebootRun): Promise<RebootOutcome[]> {
  if (ids.length === 1 || error.kind === 'stop') {
    const why = { code: error.codeToReport, message: error.message };
    return ids.map((id) => failed(id, why, isForAnotherRun(error.kind, why.code)));
  }
  const middle = Math.ceil(ids.length / 2);
  const first = await reboot(ids.slice(0, middle), run);
  return [...first, ...(await reboot(ids.slice(middle), run))];
}

function call(instanceIds: readonly string[], { ecs, regionId, force, timeoutMs, deadline }: RebootRun) {
  const left = Math.min(timeoutMs, deadline.left());
  return ecs.rebootInstances({ regionId, instanceIds, force }, left).catch(callErrorOf);
}

function hintOf(answer: readonly RebootItem[] | CallError): number {
  return answer instanceof CallError ? (answer.retryAfterMs ?? 0) : 0;
}
