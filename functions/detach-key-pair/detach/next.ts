import { CallError, mayBeApplied } from '../../../shared/ecs/call-error.ts';
import type { DetachAnswer } from '../../../shared/ecs/ecs.ts';
import { failureOf, OUTCOME_UNKNOWN } from '../failures.ts';
import type { Failure } from '../outcome.ts';
import type { BatchState } from './batch-state.ts';
import { type ReadAnswer, readAnswer } from './read-answer.ts';

/** Tries of one set of instances that may fail or stay silent. */
const MAX_ATTEMPTS = 10;
/** A host that does not exist, or that fails the handshake, does so again: three tries are for a network that comes up. */
const MAX_UNREACHABLE = 3;
/** After so many 200s that leave an instance out, stop resending and call DescribeInstances. */
const MAX_INCOMPLETE = 3;
/** How long an instance may be between two states; a restart takes less. */
const MAX_PASSING_MS = 60_000;

export type Step =
  | { readonly do: 'send' }
  /** Send again after a pause: `attempt` says how long, unless ECS does. */
  | { readonly do: 'pause'; readonly attempt: number; readonly hintMs: number | undefined }
  /** ECS refused the call as a whole: one of its instances may be the cause. */
  | { readonly do: 'isolate'; readonly error: CallError }
  /** Nothing more is sent. What is still pending has this failure, unless describing shows otherwise. */
  | { readonly do: 'finish'; readonly failure: Failure };

/** One answer about the pending instances, or the lack of one → what is known now, and what to do next. Pure. */
export function next(state: BatchState, answer: DetachAnswer | CallError, now: number): [BatchState, Step] {
  if (answer instanceof CallError) return afterError(state, answer, now);
  const read = readAnswer(state.pending, answer, now);
  const after = afterAnswer(state, read);
  if (after.pending.length === 0) return [after, { do: 'finish', failure: OUTCOME_UNKNOWN }];
  if (after.incompleteAnswers >= MAX_INCOMPLETE) return [after, { do: 'finish', failure: OUTCOME_UNKNOWN }];
  if (read.kinds.has('throttled')) return [after, { do: 'send' }];
  return retry(after, read.kinds.has('passing'), undefined, now);
}

function afterError(state: BatchState, error: CallError, now: number): [BatchState, Step] {
  const failure = failureOf(error);
  if (error.kind === 'stop' || error.kind === 'refused') return [state, { do: 'isolate', error }];
  if (error.kind === 'passing' && state.pending.length > 1) return [state, { do: 'isolate', error }];
  const after = error.applied === 'maybe' ? doubting(state, state.pending) : state;
  const failed = { ...after, lastFailure: failure };
  if (error.kind === 'throttled') return [failed, { do: 'send' }];
  return retry(failed, error.kind === 'passing', error.retryAfterMs, now);
}

function retry(state: BatchState, isPassing: boolean, hintMs: number | undefined, now: number): [BatchState, Step] {
  if (isPassing) {
    const passingSince = state.passingSince ?? now;
    const after = { ...state, passingSince };
    if (now - passingSince >= MAX_PASSING_MS) return [after, { do: 'finish', failure: lastOf(state) }];
    return [after, { do: 'pause', attempt: PASSING_ATTEMPT, hintMs }];
  }
  const after = { ...state, attempts: state.attempts + 1 };
  const most = state.lastFailure?.why === 'unreachable' ? MAX_UNREACHABLE : MAX_ATTEMPTS;
  if (after.attempts >= most) return [after, { do: 'finish', failure: lastOf(state) }];
  return [after, { do: 'pause', attempt: after.attempts, hintMs }];
}

/** A state that passes takes seconds: it is looked at with the pause of a fifth attempt each time. */
const PASSING_ATTEMPT = 5;

function lastOf({ lastFailure }: BatchState): Failure {
  return lastFailure ?? OUTCOME_UNKNOWN;
}

function afterAnswer(state: BatchState, { outcomes, retry, unsaid }: ReadAnswer): BatchState {
  const isDisputed = (id: string, ok: boolean) => !ok && state.inDoubt.has(id);
  const disputed = outcomes.filter(({ instanceId, ok }) => isDisputed(instanceId, ok));
  const itemFailures = new Map(state.itemFailures);
  for (const outcome of disputed) if (!outcome.ok) itemFailures.set(outcome.instanceId, outcome.failure);
  for (const [id, failure] of retry) itemFailures.set(id, failure);
  const doubtful = [...retry].filter(([, { code }]) => mayBeApplied(code)).map(([id]) => id);
  const after = doubting(
    {
      ...state,
      pending: [...retry.keys(), ...unsaid],
      disputed: [...state.disputed, ...disputed.map(({ instanceId }) => instanceId)],
      outcomes: [...state.outcomes, ...outcomes.filter(({ instanceId, ok }) => !isDisputed(instanceId, ok))],
      itemFailures,
      incompleteAnswers: state.incompleteAnswers + (unsaid.length > 0 ? 1 : 0),
    },
    unsaid,
  );
  return { ...after, inDoubt: new Set([...after.inDoubt, ...doubtful]) };
}

/** What ECS said of them before is stale. */
function doubting(state: BatchState, ids: readonly string[]): BatchState {
  if (ids.length === 0) return state;
  const itemFailures = new Map(state.itemFailures);
  for (const id of ids) itemFailures.delete(id);
  return { ...state, itemFailures, inDoubt: new Set([...state.inDoubt, ...ids]) };
}
