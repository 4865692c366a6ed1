import { detached, type Failure, failed, type Outcome } from '../outcome.ts';
import type { Known } from './batch-state.ts';
import { isSilence, NOT_FOUND, OUTCOME_UNKNOWN } from './failures.ts';
import type { DetachRun } from './run.ts';

type Settled = {
  readonly outcomes: Outcome[] /** Still bound, or never in doubt, or not to be told. */;
  readonly left: readonly string[];
};

/**
 * Says what became of ids that an unanswered call may have detached: no such key pair bound any more means that it has.
 * Those found untouched are no longer in doubt; where describing fails they all stay so.
 */
export async function settle(ids: readonly string[], run: DetachRun, known: Known): Promise<Settled> {
  const doubtful = ids.filter((id) => known.doubts.has(id));
  if (doubtful.length === 0) return { outcomes: [], left: ids };
  known.descriptions = await run.describer.describe(doubtful);
  const isMissing = (id: string) => known.descriptions?.get(id) === 'missing';
  const trusted = doubtful.some(isMissing) && (await run.describer.proveTrust());
  const outcomes: Outcome[] = [];
  for (const id of doubtful) {
    const described = known.descriptions?.get(id);
    if (described === undefined) continue;
    if (described === 'missing') {
      if (trusted) outcomes.push(failed(id, NOT_FOUND));
    } else {
      known.doubts.delete(id);
      if (described.keyPairName !== run.target.keyPairName) outcomes.push(detached(id, Date.now()));
    }
  }
  const settled = new Set(outcomes.map(({ instanceId }) => instanceId));
  return { outcomes, left: ids.filter((id) => !settled.has(id)) };
}

/** Ends ids without another call that changes anything: what is in doubt is described, the rest has the given failure. */
export async function conclude(
  ids: readonly string[],
  failureFor: (id: string) => Failure,
  run: DetachRun,
  known: Known,
): Promise<Outcome[]> {
  const doubtful = new Set(ids.filter((id) => known.doubts.has(id)));
  const { outcomes, left } = await settle(ids, run, known);
  const failures = left.map((id) => {
    const failure = failureFor(id);
    // Found untouched after a silent call, an instance may still be reached by it; after an answered one it failed.
    return failed(id, doubtful.has(id) && (known.doubts.has(id) || isSilence(failure)) ? OUTCOME_UNKNOWN : failure);
  });
  return [...outcomes, ...failures];
}
