import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { Deadline } from '../../shared/fc/deadline.ts';
import { isUnderWay, type Submitted, submit } from '../../shared/fc/submit.ts';
import { MAX_TASK_DELAY_SECONDS, type TaskQueue } from '../../shared/fc/task-queue.ts';
import type { RemovalMessage } from '../../shared/messages/removal-message.ts';
import { planRestarts } from './plan-restarts.ts';

export type Restart = {
  readonly instanceIds: readonly string[];
  readonly delaySeconds: number;
  readonly submitted: Submitted;
};

const CONCURRENCY = 8;

type Options = { readonly deadline: Deadline; readonly requestId: string };

/** The instances that were not proven clean → their restarts, in FC's queue. */
export async function queueRestarts(
  ids: readonly string[],
  message: RemovalMessage,
  queueOf: () => Promise<TaskQueue>,
  { requestId, ...options }: Options,
): Promise<Restart[]> {
  const planned = planRestarts(ids, message, Date.now());
  if (planned.length === 0) return [];
  const queue = await queueOf();
  const distinct = createHash('sha256').update(requestId).digest('hex').slice(0, 8);
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

/** The answer's `Reboot` section, in the form of detach-key-pair's. Counts are of instances. */
export function rebootSection(restarts: readonly Restart[]) {
  const instances = (some: readonly Restart[]) =>
    String(some.reduce((sum, { instanceIds }) => sum + instanceIds.length, 0));
  return {
    TotalCount: instances(restarts),
    FailCount: instances(restarts.filter(({ submitted }) => submitted.status === 'Failed')),
    Tasks: restarts.map(({ instanceIds, delaySeconds, submitted }) => ({
      TaskId: submitted.taskId,
      InstanceIds: instanceIds,
      ...(submitted.status !== 'Duplicate' && { DelaySeconds: String(delaySeconds) }),
      Status: submitted.status,
      ...(submitted.status === 'Failed' && { Code: submitted.code, Message: submitted.message }),
    })),
  };
}
