import type { Deadline } from '../../shared/fc/deadline.ts';
import { readEvent } from '../../shared/fc/event.ts';
import { isAlive, type Submitted, submit } from '../../shared/fc/submit.ts';
import { distinctOf, nextTaskId, sha256 } from '../../shared/fc/task-id.ts';
import { MAX_TASK_DELAY_SECONDS, type TaskQueue, type TaskRecord } from '../../shared/fc/task-queue.ts';
import type { RebootMessage } from '../../shared/messages/reboot-message.ts';
import { isRebootMessage } from '../../shared/messages/reboot-message.validator.ts';

/**
 * Puts a message, or what is left of it, into the queue again, for the time at which it is due. The next task's id is
 * fixed by this one's, so that a message which is delivered twice goes on once. One that was stopped stays so.
 */
export function requeue(
  message: RebootMessage,
  instanceIds: readonly string[],
  dueAt: number,
  queue: TaskQueue,
  deadline: Deadline,
): Promise<Submitted> {
  const seconds = Math.ceil((dueAt - Date.now()) / 1_000);
  const covers = (earlier: TaskRecord) => isAlive(earlier) && coversAll(earlier, instanceIds);
  return submit(
    (TaskId) => JSON.stringify({ ...message, InstanceIds: instanceIds, TaskId }),
    {
      taskId: nextTaskId(message.TaskId ?? `reboot-${sha256(JSON.stringify(message))}`),
      delaySeconds: Math.min(Math.max(seconds, 0), MAX_TASK_DELAY_SECONDS),
    },
    queue,
    {
      deadline,
      isCurrent: (earlier) => earlier.state === 'Stopping' || earlier.state === 'Stopped' || covers(earlier),
      trustsUntold: false,
      distinct: distinctOf(JSON.stringify([...instanceIds].sort())),
    },
  );
}

/** Another delivery of the message may have left others over than this one. */
function coversAll({ payload }: TaskRecord, instanceIds: readonly string[]): boolean {
  const queued: unknown = payload === undefined ? undefined : readEvent(payload);
  if (!isRebootMessage(queued)) return false;
  const ids = new Set(queued.InstanceIds);
  return instanceIds.every((id) => ids.has(id));
}
