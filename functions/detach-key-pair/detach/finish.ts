import { NOT_FOUND, OUTCOME_UNKNOWN } from '../failures.ts';
import { detached, type Failure, failed, type Outcome } from '../outcome.ts';
import type { BatchState } from './batch-state.ts';
import type { DetachRun } from './run.ts';

export type Resolved = {
  readonly outcomes: readonly Outcome[];
  /** Still bound, never in doubt, or could not be determined. */
  readonly left: readonly string[];
  /** With what was found out: those found untouched are no longer in doubt. */
  readonly state: BatchState;
};

/**
 * Resolves ids in doubt by DescribeInstances: no longer bound → detached; still bound, or with Windows, which has none → not
 * in doubt any more; describing failed → all stay in doubt.
 */
export async function resolveInDoubt(ids: readonly string[], state: BatchState, run: DetachRun): Promise<Resolved> {
  const doubtful = ids.filter((id) => state.inDoubt.has(id));
  if (doubtful.length === 0) return { outcomes: [], left: ids, state };
  const described = await run.describer.describe(doubtful);
  const trusted = doubtful.some((id) => described?.get(id) === 'missing') && (await run.describer.proveTrust());
  const inDoubt = new Set(state.inDoubt);
  const outcomes: Outcome[] = [];
  for (const id of doubtful) {
    const instance = described?.get(id);
    if (instance === undefined || (instance === 'missing' && !trusted)) continue;
    inDoubt.delete(id);
    if (instance === 'missing') outcomes.push(failed(id, NOT_FOUND));
    else if (!instance.windows && instance.keyPairName !== run.target.keyPairName)
      outcomes.push(detached(id, run.ecs.now()));
  }
  const resolved = new Set(outcomes.map(({ instanceId }) => instanceId));
  return {
    outcomes,
    left: ids.filter((id) => !resolved.has(id)),
    state: { ...state, inDoubt, described: described ?? state.described },
  };
}

/** Ends ids without another call that changes anything: what is in doubt is described, the rest has failed. */
export async function finish(
  ids: readonly string[],
  before: BatchState,
  failure: Failure,
  run: DetachRun,
): Promise<Outcome[]> {
  const { outcomes, left, state } = await resolveInDoubt(ids, before, run);
  const failures = left.map((id) => {
    const wasInDoubt = before.inDoubt.has(id);
    // ECS's last answer to the call says more of what was in doubt than the end of the time does.
    const said = wasInDoubt && before.lastFailure?.why === 'rejected' ? before.lastFailure : failure;
    const last = before.itemFailures.get(id) ?? said;
    // Still bound, but the last call got no answer and may yet be carried out.
    const mayStillHappen = wasInDoubt && (state.inDoubt.has(id) || last.why !== 'rejected');
    return failed(id, mayStillHappen ? OUTCOME_UNKNOWN : last);
  });
  return [...outcomes, ...failures];
}
