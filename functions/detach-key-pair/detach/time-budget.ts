import { type Deadline, deadlineAt } from '../../../shared/fc/deadline.ts';

/** Kept for describing what is in doubt: two seconds, or a fifth of what there is. */
const SETTLE_MS = 2_000;
const SETTLE_PART = 0.2;
/** One enqueue takes some 50 ms, 16 go at once, and a few are repeated. */
const ENQUEUE_MS = 2_000;
const ENQUEUE_EACH_MS = 12;

export type TimeBudget = {
  /** No detach is sent after it. */
  readonly sendBy: Deadline;
  /** Nothing in doubt is described after it. */
  readonly resolveBy: Deadline;
};

/** How the time up to the deadline is shared out: what was detached must still be settled, and its tasks be queued. */
export function planTimeBudget(deadline: Deadline, tasks: number): TimeBudget {
  const left = deadline.left();
  const enqueueMs = tasks === 0 ? 0 : Math.min(ENQUEUE_MS + tasks * ENQUEUE_EACH_MS, left / 3);
  const resolveBy = deadline.at - enqueueMs;
  return { resolveBy: deadlineAt(resolveBy), sendBy: deadlineAt(resolveBy - Math.min(SETTLE_MS, left * SETTLE_PART)) };
}
