import { type CallError, callErrorOf } from '../ecs/call-error.ts';
import { retrying } from '../retry/retry.ts';
import type { Deadline } from './deadline.ts';
import type { Task, TaskQueue } from './task-queue.ts';

export type Submitted =
  | { readonly status: 'Enqueued' | 'Duplicate' }
  | { readonly status: 'Failed'; readonly code: string; readonly message: string };

type SubmitOptions = { deadline: Deadline; baseMs?: number | undefined };

const CALL_MS = 10_000;

/** Hands one task to FC, again and again while that is of use. What FC does not take is a value, not an exception. */
export async function submit(task: Task, queue: TaskQueue, { deadline, baseMs }: SubmitOptions): Promise<Submitted> {
  let mine = false; // an earlier try of ours may have been taken: then FC's "duplicate" is about us
  const onFailure = ({ applied }: CallError) => {
    mine ||= applied === 'maybe';
  };
  try {
    const options = { deadline, timeoutMs: CALL_MS, baseMs, onFailure };
    const taken = await retrying((timeoutMs) => queue.submit(task, timeoutMs), options);
    return { status: taken === 'accepted' || mine ? 'Enqueued' : 'Duplicate' };
  } catch (error) {
    const { codeToReport: code, message } = callErrorOf(error);
    return { status: 'Failed', code, message };
  }
}
