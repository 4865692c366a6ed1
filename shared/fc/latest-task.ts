import { type RetryOptions, retrying } from '../retry/retry.ts';
import { nextTaskId } from './task-id.ts';
import type { TaskQueue, TaskRecord } from './task-queue.ts';

export type Latest = { readonly taskId: string; readonly record: TaskRecord };

/**
 * The last of the tasks that follow each other under the ids `id`, `id-1`, `id-2`, …: the one that does the work now, or
 * did it last. Found by doubling steps and halving them again, since a task that waits for a day makes many.
 */
export async function latestTask(
  taskId: string,
  queue: TaskQueue,
  options: RetryOptions,
): Promise<Latest | 'NotFound' | 'Untold'> {
  const statusOf = (steps: number) =>
    retrying((timeoutMs) => queue.status(steps === 0 ? taskId : nextTaskId(taskId, steps), timeoutMs), options);
  const first = await statusOf(0);
  if (typeof first === 'string') return first;
  let found: { steps: number; record: TaskRecord } = { steps: 0, record: first };
  let missing = Number.POSITIVE_INFINITY;
  for (let step = 1; found.steps + 1 < missing; ) {
    const steps = found.steps + step;
    const status = await statusOf(steps);
    if (typeof status === 'string') missing = steps;
    else found = { steps, record: status };
    step = missing === Number.POSITIVE_INFINITY ? step * 2 : Math.max(1, Math.floor((missing - found.steps) / 2));
  }
  return { taskId: found.steps === 0 ? taskId : nextTaskId(taskId, found.steps), record: found.record };
}
