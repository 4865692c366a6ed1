import { setTimeout as sleep } from 'node:timers/promises';
import { CallError, callErrorOf, mayBeApplied } from '../../shared/ecs/call-error.ts';
import type { Ecs, RebootItem } from '../../shared/ecs/ecs.ts';
import { type ErrorKind, errorKind, isForAnotherRun, isRetryable } from '../../shared/ecs/error-kind.ts';
import type { Deadline } from '../../shared/fc/deadline.ts';
import { backoffMs } from '../../shared/retry/backoff.ts';
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
  const reasons = new Map<string, Why>(); // what ECS last said of those that are left
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
    left = [...read.again.keys(), ...seen.left];
    for (const [id, why] of read.again) reasons.set(id, why);
    if (answer instanceof CallError) for (const id of seen.left) reasons.set(id, whyOf(answer));
    const wait = Math.max(hintOf(answer), backoffMs(attempt, run.baseMs ?? BASE_MS, CAP_MS));
    if (attempt === ATTEMPTS || wait >= run.deadline.left()) break;
    if (left.length > 0) await sleep(wait);
  }
  return [...outcomes, ...left.map((id) => failed(id, reasons.get(id) ?? NOT_TAKEN, true))];
}

type Why = { readonly code: string; readonly message: string };

const NOT_TAKEN: Why = {
  code: 'ServiceUnavailable',
  message: 'ECS did not take the reboot for now; a later run repeats it.',
};

function whyOf({ codeToReport: code, message }: CallError): Why {
  return { code, message };
}

type Read = {
  readonly outcomes: RebootOutcome[];
  /** To be asked for again, and why it was not done. */
  readonly again: ReadonlyMap<string, Why>;
  readonly unclear: readonly string[];
};

/** One answer with an item for each instance; the state may have changed since it was described. */
function readItems(ids: readonly string[], items: readonly RebootItem[]): Read {
  const byId = new Map(items.map((item) => [item.instanceId, item]));
  const outcomes: RebootOutcome[] = [];
  const again = new Map<string, Why>();
  const unclear: string[] = [];
  for (const id of ids) {
    const item = byId.get(id);
    if (!item?.code || mayBeApplied(item.code)) unclear.push(id);
    else if (item.code === '200') outcomes.push(done(id, 'Rebooted'));
    else if (isRetryable(errorKind(item.code))) again.set(id, item);
    else outcomes.push(refused(id, item, errorKind(item.code)));
  }
  return { outcomes, again, unclear };
}

function readSilence(ids: readonly string[], error: CallError): Read {
  if (error.applied === 'maybe') return { outcomes: [], again: new Map(), unclear: ids };
  return { outcomes: [], again: new Map(ids.map((id) => [id, whyOf(error)])), unclear: [] };
}

/** The state may have changed since the instance was described: gone, or between two others. */
function refused(id: string, why: Why, kind: ErrorKind): RebootOutcome {
  if (/^InvalidInstanceIds?\.NotFound$/.test(why.code)) return done(id, 'Skipped.NotFound');
  return failed(id, why, why.code === 'IncorrectInstanceStatus' || isForAnotherRun(kind, why.code));
}

/** `SuccessFirst` makes ECS judge each instance alone; where it refuses all the same, the culprit is sought. */
async function takeApart(ids: readonly string[], error: CallError, run: RebootRun): Promise<RebootOutcome[]> {
  if (ids.length === 1 || error.kind === 'stop') return ids.map((id) => refused(id, whyOf(error), error.kind));
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
