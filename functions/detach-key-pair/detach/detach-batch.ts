import { errorKind } from '../../../shared/ecs/error-kind.ts';
import { type Failure, type Outcome, passed } from '../outcome.ts';
import { type BatchState, partOf } from './batch-state.ts';
import { finish } from './finish.ts';
import { isolateBadInstances } from './isolate.ts';
import { traitOf } from './rejection-rules.ts';
import type { DetachRun } from './run.ts';
import { send } from './send.ts';

/** One outcome for each pending instance: sends all of them at once, and divides a refused set until the bad ones are alone. */
export async function detachBatch(batch: BatchState, run: DetachRun): Promise<Outcome[]> {
  const { batch: bound, outcomes } = setAsideUnbound(batch, run);
  if (bound.pending.length === 0) return outcomes;
  return [...outcomes, ...(await sendBatch(bound, run, 'whole'))];
}

async function sendBatch(batch: BatchState, run: DetachRun, size: 'whole' | 'part'): Promise<Outcome[]> {
  if (batch.pending.length > 1 && run.rules.mustProbe()) return probeFirst(batch, run);
  const { state, end } = await send(batch, run);
  for (const { ok, instanceId } of state.outcomes) {
    const described = state.described?.get(instanceId);
    if (ok) run.rules.succeeded(described && traitOf(described, run.target.keyPairName));
  }
  if (end.do === 'finish') {
    const others = await finish([...state.pending, ...state.disputed], state, end.failure, run);
    return [...state.outcomes, ...others];
  }
  const isolate = () => isolateBadInstances(state, end.error, run, (part) => sendBatch(part, run, 'part'));
  if (size === 'part' || end.error.kind !== 'refused') return [...state.outcomes, ...(await isolate())];
  const others = await run.rules.alone(() => (run.rules.mustProbe() ? probeFirst(state, run) : isolate()));
  return [...state.outcomes, ...others];
}

/** An error seems to concern every instance: one finds out for all, and each that is detached brings normal work back. */
async function probeFirst(batch: BatchState, run: DetachRun): Promise<Outcome[]> {
  const rest = batch.pending.slice(1);
  const outcomes = await sendBatch(partOf(batch, batch.pending.slice(0, 1)), run, 'part');
  const rejection = outcomes.map((outcome) => (outcome.ok ? undefined : outcome.failure)).find(isOfTheCall);
  const others = partOf(batch, [...rest, ...batch.disputed]);
  if (rejection && run.rules.concernsAll(rejection))
    return [...outcomes, ...(await finish(others.pending, others, rejection, run))];
  return [...outcomes, ...(await sendBatch(others, run, 'part'))];
}

function isOfTheCall(failure: Failure | undefined): failure is Failure {
  return failure?.status !== undefined && errorKind(failure.code, failure.status) === 'refused';
}

/** The instances that have no such key pair, by their descriptions: they need no call, and no restart. */
function setAsideUnbound(batch: BatchState, run: DetachRun): { batch: BatchState; outcomes: Outcome[] } {
  const { keyPairName } = run.target;
  const isUnbound = (id: string) => {
    const described = batch.described?.get(id);
    return described !== undefined && traitOf(described, keyPairName) === 'unbound';
  };
  const unbound = batch.pending.filter(isUnbound);
  if (unbound.length === 0) return { batch, outcomes: [] };
  return {
    batch: partOf(
      batch,
      batch.pending.filter((id) => !isUnbound(id)),
    ),
    outcomes: unbound.map((id) => ({ ...passed(id, '200', NOT_BOUND, run.ecs.now()), untouched: true })),
  };
}

const NOT_BOUND = 'The key pair was not bound to this instance: nothing was changed.';
