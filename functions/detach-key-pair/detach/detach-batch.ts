import type { CallError } from '../../../shared/ecs/call-error.ts';
import { type Failure, failed, type Outcome } from '../outcome.ts';
import { type Known, nothingKnown } from './batch-state.ts';
import { failureOf, isDenial, OUTCOME_UNKNOWN } from './failures.ts';
import { conclude, settle } from './finish.ts';
import { traitOf } from './rejection-rules.ts';
import type { DetachRun } from './run.ts';
import { ask } from './send.ts';

/** One outcome for each id: asks ECS for all of them at once, and takes a refused set apart until the culprit is alone. */
export async function detachBatch(
  ids: readonly string[],
  run: DetachRun,
  known: Known = nothingKnown(),
): Promise<Outcome[]> {
  if (ids.length > 1 && run.suspicion.isDenied()) return probeFirst(ids, run, known);
  const { outcomes, left, refusal, failureFor } = await ask(ids, run, known);
  for (const { ok, instanceId } of outcomes) {
    const described = known.descriptions?.get(instanceId);
    if (ok) run.suspicion.passed(described && traitOf(described, run.target.keyPairName));
  }
  const others = refusal ? await takeApart(left, refusal, run, known) : await conclude(left, failureFor, run, known);
  return [...outcomes, ...others];
}

/**
 * One bad instance makes ECS refuse its whole batch. Describing is one call for all of them, so what it explains is set
 * aside and the rest goes once more in one call; only what it cannot explain is bisected.
 */
async function takeApart(ids: readonly string[], refusal: CallError, run: DetachRun, known: Known): Promise<Outcome[]> {
  const failure = failureOf(refusal);
  run.log.debug('refused', { code: failure.code, instances: ids.length });
  if (refusal.kind === 'stop') {
    run.stop(failure);
    return conclude(ids, () => failure, run, known);
  }
  const settled = await settle(ids, run, known);
  if (refusal.kind !== 'denied' && settled.left.length > 1) {
    known.descriptions ??= await run.describer.describe(settled.left);
  }
  const { outcomes, rest } = setAside(settled.left, failure, run, known);
  const done = [...settled.outcomes, ...outcomes];
  if (rest.length < ids.length) return rest.length > 0 ? [...done, ...(await detachBatch(rest, run, known))] : done;
  if (rest.length === 1) return [...done, ...culprit(rest, failure, run, known)];

  const middle = Math.ceil(rest.length / 2);
  for (const half of [rest.slice(0, middle), rest.slice(middle)]) {
    const learned = setAside(half, failure, run, known); // the first half may have made it a rule
    done.push(...learned.outcomes);
    if (learned.rest.length > 0) done.push(...(await detachBatch(learned.rest, run, known)));
  }
  return done;
}

function setAside(ids: readonly string[], failure: Failure, run: DetachRun, { doubts, descriptions }: Known) {
  const trusted = run.describer.isTrusted();
  const explained = ids.filter((id) => {
    const described = descriptions?.get(id);
    return described && run.suspicion.explains(failure.code, traitOf(described, run.target.keyPairName), trusted);
  });
  const aside = new Set(explained);
  const outcomes = explained.map((id) => failed(id, doubts.has(id) ? OUTCOME_UNKNOWN : failure));
  return { outcomes, rest: ids.filter((id) => !aside.has(id)) };
}

function culprit(
  alone: readonly string[],
  failure: Failure,
  run: DetachRun,
  { doubts, descriptions }: Known,
): Outcome[] {
  if (isDenial(failure)) run.suspicion.deniedAlone();
  return alone.map((id) => {
    const described = descriptions?.get(id);
    if (described) run.suspicion.refusedAlone(failure.code, traitOf(described, run.target.keyPairName));
    // Refused now, but an earlier call without an answer may have done it, and nobody can tell.
    return failed(id, doubts.has(id) ? OUTCOME_UNKNOWN : failure);
  });
}

/** Nothing has been permitted so far: one instance finds out for all, and each that passes brings normal work back. */
async function probeFirst(ids: readonly string[], run: DetachRun, known: Known): Promise<Outcome[]> {
  const rest = ids.slice(1);
  const outcomes = await detachBatch(ids.slice(0, 1), run, known);
  const denial = outcomes.map((outcome) => (outcome.ok ? undefined : outcome.failure)).find((f) => f && isDenial(f));
  return [
    ...outcomes,
    ...(denial ? await conclude(rest, () => denial, run, known) : await detachBatch(rest, run, known)),
  ];
}
