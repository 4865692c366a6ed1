import { type Deadline, deadlineAt } from '../../../shared/fc/deadline.ts';

/** Kept for describing what is in doubt: two seconds, or a fifth of what there is. */
const RESOLVE_MS = 2_000;
const RESOLVE_PART = 0.2;
/** One task takes some 50 ms to queue, 16 go at once, and a few are repeated. */
const ENQUEUE_MS = 2_000;
const ENQUEUE_EACH_MS = 12;
/** A call that takes twice the usual time is not over because the time for sending is. */
const PATIENCE = 2;
/** Of the usual time: with less, it is not begun. */
const LEAST = 1.2;

export type TimeBudget = {
  /** No detach is sent after it. */
  readonly sendBy: Deadline;
  /** Nothing in doubt is described after it. */
  readonly resolveBy: Deadline;
};

/** Splits the time up to the deadline: send, describe what is in doubt, queue tasks. */
export function planTimeBudget(deadline: Deadline, tasks: number): TimeBudget {
  const left = deadline.left();
  const enqueueMs = tasks === 0 ? 0 : Math.min(ENQUEUE_MS + tasks * ENQUEUE_EACH_MS, left / 3);
  const resolveBy = deadline.at - enqueueMs;
  return {
    resolveBy: deadlineAt(resolveBy),
    sendBy: deadlineAt(resolveBy - Math.min(RESOLVE_MS, left * RESOLVE_PART)),
  };
}

/**
 * How long a call that starts now may take; undefined when it cannot be over in time. A call that is cut off leaves its
 * instances in doubt, so one that ECS is likely to answer may use up the time that is kept for describing them.
 * `usualMs`: how long calls have taken so far, undefined before the first answer.
 */
export function callTimeoutMs(
  { sendBy, resolveBy }: TimeBudget,
  mostMs: number,
  usualMs: number | undefined,
): number | undefined {
  const left = resolveBy.left();
  if (left <= (usualMs ?? 0) * LEAST) return undefined;
  const usual = usualMs === undefined ? 0 : Math.min(left, usualMs * PATIENCE);
  const ms = Math.min(mostMs, Math.max(sendBy.left(), usual));
  return ms > 0 ? ms : undefined;
}
