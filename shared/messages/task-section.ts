import type { Submitted } from '../fc/submit.ts';

/** What became of one task, and of which instances it is. */
export type QueuedTask = {
  readonly instanceIds: readonly string[];
  /** Until it is due. */
  readonly delaySeconds: number;
  readonly submitted: Submitted;
};

/** A section of an answer about tasks that were put into the queue (`Reboot`, `Online`). Counts are of instances. */
export function taskSection(queued: readonly QueuedTask[]) {
  const instances = (some: readonly QueuedTask[]) =>
    String(some.reduce((sum, { instanceIds }) => sum + instanceIds.length, 0));
  return {
    TotalCount: instances(queued),
    FailCount: instances(queued.filter(({ submitted }) => submitted.status === 'Failed')),
    Tasks: queued.map(({ instanceIds, delaySeconds, submitted }) => ({
      TaskId: submitted.taskId,
      InstanceIds: instanceIds,
      // A task of an earlier request is due when that one said.
      ...(submitted.status !== 'Duplicate' && { DelaySeconds: String(delaySeconds) }),
      Status: submitted.status,
      ...(submitted.status === 'Failed' && { Code: submitted.code, Message: submitted.message }),
    })),
  };
}
