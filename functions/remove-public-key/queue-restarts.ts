import pLimit from 'p-limit';
import type { Deadline } from '../../shared/fc/deadline.ts';
import { isUnderWay, submit } from '../../shared/fc/submit.ts';
import { distinctOf } from '../../shared/fc/task-id.ts';
import { MAX_TASK_DELAY_SECONDS, type TaskQueue } from '../../shared/fc/task-queue.ts';
import type { RemovalMessage } from '../../shared/messages/removal-message.ts';
import type { QueuedTask } from '../../shared/messages/task-section.ts';
import { planRestarts } from './plan-restarts.ts';

const CONCURRENCY = 8;

type Options = { readonly deadline: Deadline; readonly requestId: string };

/** The instances that were not proven clean → their restarts, in FC's queue. */
export async function queueRestarts(
  ids: readonly string[],
  message: RemovalMessage,
  queueOf: () => Promise<TaskQueue>,
  { requestId, ...options }: Options,
): Promise<QueuedTask[]> {
  const planned = planRestarts(ids, message, Date.now());
  if (planned.length === 0) return [];
  const queue = await queueOf();
  const distinct = distinctOf(requestId);
  return pLimit(CONCURRENCY).map(planned, async ({ taskId, instanceIds, delaySeconds, message: restart }) => {
    const submitted = await submit(
      (TaskId) => JSON.stringify({ ...restart, TaskId }),
      { taskId, delaySeconds: Math.min(delaySeconds, MAX_TASK_DELAY_SECONDS) },
      queue,
      { ...options, distinct, isCurrent: (earlier) => isUnderWay(earlier) || earlier.state === 'Succeeded' },
    );
    return { instanceIds, delaySeconds, submitted };
  });
}
