import pLimit from 'p-limit';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import { isUnderWay, type Submitted, submit } from '../../../shared/fc/submit.ts';
import { distinctOf } from '../../../shared/fc/task-id.ts';
import { MAX_TASK_DELAY_SECONDS, type TaskQueue, type TaskRecord } from '../../../shared/fc/task-queue.ts';
import { taskSection } from '../../../shared/messages/task-section.ts';
import type { TaskSection } from '../answer/schema.ts';
import type { Wave } from './waves.ts';

export type Queued = { readonly wave: Wave; readonly submitted: Submitted };

type EnqueueOptions = {
  readonly deadline: Deadline;
  readonly requestId: string;
  /** The instances were described at this time or later, ms since the epoch. */
  readonly seenAt: number;
};

const CONCURRENCY = 16;

/** Every wave with what became of it; one that could not be queued does not keep the others from it. */
export function enqueueReboots(
  waves: readonly Wave[],
  queue: TaskQueue,
  { requestId, seenAt, ...options }: EnqueueOptions,
): Promise<Queued[]> {
  const distinct = distinctOf(requestId);
  const enqueue = async (wave: Wave): Promise<Queued> => {
    const { taskId, delaySeconds, message } = wave;
    const submitted = await submit(
      (id) => JSON.stringify({ ...message, Watch: wave.watch(), TaskId: id }),
      { taskId, delaySeconds: Math.min(delaySeconds, MAX_TASK_DELAY_SECONDS) },
      queue,
      { ...options, distinct, isCurrent: (earlier) => restarts(earlier, wave, seenAt) },
    );
    return { wave, submitted };
  };
  return pLimit(CONCURRENCY).map(waves, enqueue);
}

/**
 * Whether an earlier task restarts these instances, or has: one that was over before they were detached did not, nor one
 * that was over before they were seen to run on. They may have been seen before it began.
 */
function restarts(earlier: TaskRecord, { detachedAt, isIdle }: Wave, seenAt: number): boolean {
  if (isUnderWay(earlier)) return true;
  const { state, startedAt = 0, endedAt = startedAt } = earlier;
  return state === 'Succeeded' && startedAt > detachedAt && (!isIdle || endedAt > seenAt);
}

/** With ALLOWED_KEY_PAIRS only instances that were seen with an allowed key pair may be restarted. */
export function refuseUnseen(wave: Wave): Queued {
  const { taskId } = wave;
  return { wave, submitted: { status: 'Failed', taskId, code: 'Forbidden.KeyPairName', message: UNSEEN } };
}

const UNSEEN =
  'ALLOWED_KEY_PAIRS is set, and it could not be seen (ecs:DescribeInstances) that these instances had an allowed key pair: they are detached, and not restarted.';

/** The answer's `Reboot` section. */
export function rebootSection(queued: readonly Queued[]): TaskSection {
  return taskSection(
    queued.map(({ wave, submitted }) => ({
      instanceIds: wave.message.InstanceIds,
      delaySeconds: wave.delaySeconds,
      submitted,
    })),
  );
}
