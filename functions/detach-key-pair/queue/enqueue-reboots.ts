import pMap from 'p-map';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import { type Submitted, submit } from '../../../shared/fc/submit.ts';
import type { TaskQueue } from '../../../shared/fc/task-queue.ts';
import type { Wave } from './waves.ts';

export type Queued = { readonly wave: Wave; readonly submitted: Submitted };

type EnqueueOptions = { deadline: Deadline; baseMs?: number | undefined };

const CONCURRENCY = 16;

/** Every wave with what became of it; one that could not be queued does not keep the others from it. */
export function enqueueReboots(waves: readonly Wave[], queue: TaskQueue, options: EnqueueOptions): Promise<Queued[]> {
  const enqueue = async (wave: Wave): Promise<Queued> => {
    const { taskId, delaySeconds, message } = wave;
    const task = { taskId, delaySeconds, payload: JSON.stringify(message) };
    return { wave, submitted: await submit(task, queue, options) };
  };
  return pMap(waves, enqueue, { concurrency: CONCURRENCY });
}

export type RebootSection = ReturnType<typeof rebootSection>;

/** The answer's `Reboot` section. Counts are of instances. */
export function rebootSection(queued: readonly Queued[]) {
  const instances = (some: readonly Queued[]) =>
    String(some.reduce((sum, { wave }) => sum + wave.message.InstanceIds.length, 0));
  return {
    TotalCount: instances(queued),
    FailCount: instances(queued.filter(({ submitted }) => submitted.status === 'Failed')),
    Tasks: queued.map(({ wave, submitted }) => ({
      TaskId: wave.taskId,
      InstanceIds: wave.message.InstanceIds,
      DelaySeconds: String(wave.delaySeconds),
      Status: submitted.status,
      ...(submitted.status === 'Failed' && { Code: submitted.code, Message: submitted.message }),
    })),
  };
}
