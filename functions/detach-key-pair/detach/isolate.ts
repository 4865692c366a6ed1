import type { CallError } from '../../../shared/ecs/call-error.ts';
import { errorKind } from '../../../shared/ecs/error-kind.ts';
import { failureOf, OUTCOME_UNKNOWN } from '../failures.ts';
import { type Failure, failed, type Outcome } from '../outcome.ts';
import { type BatchState, partOf } from './batch-state.ts';
import { finish, resolveInDoubt } from './finish.ts';
import { traitOf } from './rejection-rules.ts';
import type { DetachRun } from './run.ts';

/** Sends a part of the batch that was refused. */
type SendPart = (part: BatchState) => Promise<Outcome[]>;

/**
 * One bad instance makes ECS refuse its whole batch. Describing is one call for all of them, so what it explains is
 * excluded and the rest goes once more in one call; only what it cannot explain is bisected.
 */
export async function isolateBadInstances(
  state: BatchState,
  error: CallError,
  run: DetachRun,
  sendPart: SendPart,
): Promise<Outcome[]> {
  const failure = failureOf(error);
  const ids = [...state.pending, ...state.disputed];
  run.log.debug('refused', { code: failure.code, instances: ids.length });
  if (error.kind === 'stop') {
    run.stop(failure);
    return finish(ids, state, failure, run);
  }
  const resolved = await resolveInDoubt(ids, state, run);
  const isExplicable = error.kind === 'refused' && resolved.left.length > 1;
  const described =
    resolved.state.described ?? (isExplicable ? await run.describer.describe(resolved.left) : undefined);
  const known = { ...resolved.state, described };
  const { outcomes, rest } = exclude(resolved.left, failure, known, run);
  const done = [...resolved.outcomes, ...outcomes];
  const [only, ...others] = rest;
  if (only === undefined) return done;
  if (rest.length < ids.length) return [...done, ...(await sendPart(partOf(known, rest)))];
  if (others.length === 0) return [...done, rejectedAlone(only, failure, known, run)];
  return [...done, ...(await bisect(rest, failure, known, run, sendPart))];
}

/** An instance between two states is waited for by itself, side by side with the others; other causes are sought in turn. */
async function bisect(
  ids: readonly string[],
  failure: Failure,
  known: BatchState,
  run: DetachRun,
  sendPart: SendPart,
): Promise<Outcome[]> {
  const middle = Math.ceil(ids.length / 2);
  const halves = [ids.slice(0, middle), ids.slice(middle)];
  if (errorKind(failure.code, failure.status) === 'passing') {
    return (await Promise.all(halves.map((half) => sendPart(partOf(known, half))))).flat();
  }
  const done: Outcome[] = [];
  for (const half of halves) {
    const { outcomes, rest } = exclude(half, failure, known, run); // the first half may have made it a rule
    done.push(...outcomes);
    if (rest.length > 0) done.push(...(await sendPart(partOf(known, rest))));
  }
  return done;
}

/** Fails the instances whose descriptions explain the rejection, without sending them again. */
function exclude(ids: readonly string[], failure: Failure, known: BatchState, run: DetachRun) {
  const trusted = run.describer.isTrusted();
  const explained = new Set(
    ids.filter((id) => {
      const described = known.described?.get(id);
      return described && run.rules.explains(failure.code, traitOf(described, run.target.keyPairName), trusted);
    }),
  );
  return {
    outcomes: [...explained].map((id) => rejected(id, failure, known)),
    rest: ids.filter((id) => !explained.has(id)),
  };
}

function rejectedAlone(id: string, failure: Failure, known: BatchState, run: DetachRun): Outcome {
  const described = known.described?.get(id);
  run.rules.rejected(failure.code, described && traitOf(described, run.target.keyPairName));
  return rejected(id, failure, known);
}

/** Rejected now, but an earlier call without an answer may have detached it, and describing could not tell. */
function rejected(id: string, failure: Failure, { inDoubt }: BatchState): Outcome {
  return failed(id, inDoubt.has(id) ? OUTCOME_UNKNOWN : failure);
}
