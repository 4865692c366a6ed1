import { type CallError, callErrorOf } from '../ecs/call-error.ts';
import { type RetryOptions, retrying } from '../retry/retry.ts';
import type { Deadline } from './deadline.ts';
import { type Latest, latestTask } from './latest-task.ts';
import { distinctTaskId, nextTaskId } from './task-id.ts';
import type { Task, TaskQueue, TaskRecord } from './task-queue.ts';

export type Submitted =
  | { readonly status: 'Enqueued' | 'Duplicate'; readonly taskId: string }
  | { readonly status: 'Failed'; readonly taskId: string; readonly code: string; readonly message: string };

export type SubmitOptions = {
  readonly deadline: Deadline;
  /** Whether an earlier task of this id does the work; one that does not is followed by another under a further id. */
  readonly isCurrent?: (earlier: TaskRecord) => boolean;
  /** Whether an earlier task does the work where FC tells no states. */
  readonly trustsUntold?: boolean;
  /** Names a further id where the earlier task cannot be read: 8 hexadecimal digits. */
  readonly distinct: string;
};

/** One that failed, expired or was stopped does nothing any more. */
export function isAlive({ state }: TaskRecord): boolean {
  return !/^(Failed|Expired|Stopping|Stopped|Invalid)$/.test(state);
}

/** It waits, or runs. */
export function isUnderWay(earlier: TaskRecord): boolean {
  return isAlive(earlier) && earlier.state !== 'Succeeded';
}

const CALL_MS = 10_000;
/** Each is a race with another request for the same work. */
const FURTHER_IDS = 4;

/**
 * Hands one task to FC, again and again while that is of use. FC takes an id once: where it knows the id already, the
 * work is done by the earlier task or, if that one is over, by another one under the next id. What FC does not take is a
 * value, not an exception.
 */
export async function submit(
  payloadOf: (taskId: string) => string,
  { taskId: firstId, delaySeconds }: Pick<Task, 'taskId' | 'delaySeconds'>,
  queue: TaskQueue,
  { deadline, isCurrent = isAlive, trustsUntold = true, distinct }: SubmitOptions,
): Promise<Submitted> {
  const options = { deadline, timeoutMs: CALL_MS };
  let taskId = firstId;
  try {
    for (let further = 0; ; further++) {
      const task = { taskId, delaySeconds, payload: payloadOf(taskId) };
      if (await isTaken(task, queue, options)) return { status: 'Enqueued', taskId };
      const earlier = await readLatest(taskId, queue, options);
      const isDone = earlier === 'Untold' ? trustsUntold : earlier !== undefined && isCurrent(earlier.record);
      const isLast = further === FURTHER_IDS || taskId.endsWith(`-x${distinct}`);
      if (isDone || isLast)
        return { status: 'Duplicate', taskId: typeof earlier === 'object' ? earlier.taskId : taskId };
      taskId = typeof earlier === 'object' ? nextTaskId(earlier.taskId) : distinctTaskId(firstId, distinct);
    }
  } catch (error) {
    const { codeToReport: code, message } = callErrorOf(error);
    return { status: 'Failed', taskId, code, message };
  }
}

/** Undefined where FC, which has just said that it knows the task, does not tell its state. */
async function readLatest(
  taskId: string,
  queue: TaskQueue,
  options: RetryOptions,
): Promise<Latest | 'Untold' | undefined> {
  try {
    const latest = await latestTask(taskId, queue, options);
    return latest === 'NotFound' ? undefined : latest;
  } catch (error) {
    callErrorOf(error);
    return undefined;
  }
}

/** False where FC has taken this id before, unless it did so from a call of ours that got no answer. */
async function isTaken(task: Task, queue: TaskQueue, options: RetryOptions): Promise<boolean> {
  let mine = false;
  const onFailure = ({ applied }: CallError) => {
    mine ||= applied === 'maybe';
  };
  return (
    (await retrying((timeoutMs) => queue.submit(task, timeoutMs), { ...options, onFailure })) === 'accepted' || mine
  );
}
