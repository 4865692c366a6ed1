import type { Described } from '../../../shared/ecs/describe-by-id.ts';
import type { Failure, Outcome } from '../outcome.ts';

/** What is known of the instances of one batch while it is being sent. A value: each step makes a new one. */
export type BatchState = {
  /** To be sent, or sent again. */
  readonly pending: readonly string[];
  /** Not to be sent any more, but an earlier call without an answer may have detached them: to be described. */
  readonly disputed: readonly string[];
  readonly outcomes: readonly Outcome[];
  /** Sent without a readable answer since they were last described: may be detached already. */
  readonly inDoubt: ReadonlySet<string>;
  /** What ECS said of an instance since it last left it out. */
  readonly itemFailures: ReadonlyMap<string, Failure>;
  /** What ECS, or the way to it, last said to a call as a whole. */
  readonly lastFailure: Failure | undefined;
  readonly described: Described | undefined;
  /** Tries that failed. Being throttled or between two states does not count. */
  readonly attempts: number;
  /** Answers that left an instance out. */
  readonly incompleteAnswers: number;
  /** Since when ECS has been saying that an instance is between two states, ms since the epoch. */
  readonly passingSince: number | undefined;
};

export function newBatch(pending: readonly string[], described?: Described): BatchState {
  return {
    pending,
    disputed: [],
    outcomes: [],
    inDoubt: new Set(),
    itemFailures: new Map(),
    lastFailure: undefined,
    described,
    attempts: 0,
    incompleteAnswers: 0,
    passingSince: undefined,
  };
}

/** A part of a batch that is sent on its own: what is known of its instances goes with it. */
export function partOf({ inDoubt, described }: BatchState, ids: readonly string[]): BatchState {
  return { ...newBatch(ids, described), inDoubt: new Set(ids.filter((id) => inDoubt.has(id))) };
}
