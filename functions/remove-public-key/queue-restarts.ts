import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { chunks } from '../../shared/chunks.ts';
import type { Deadline } from '../../shared/fc/deadline.ts';
import { isUnderWay, type Submitted, submit } from '../../shared/fc/submit.ts';
import { MAX_TASK_DELAY_SECONDS, type TaskQueue } from '../../shared/fc/task-queue.ts';
import type { RebootMessage } from '../../shared/messages/reboot-message.ts';
import type { RemovalMessage } from '../../shared/messages/removal-message.ts';

export type Restart = {
  readonly instanceIds: readonly string[];
  readonly delaySeconds: number;
  readonly submitted: Submitted;
};

/** For how long after its time a restart may still happen, and the last moment at which one is due. */
const VALID_MS = 3_600_000;
const LAST_WAVE_SECONDS = 86_400;
const CONCURRENCY = 8;

type Options = { readonly deadline: Deadline; readonly requestId: string };

/** The instances that were not proven clean → the waves that the request asked for, each instance in its own place. */
export async function queueRestarts(
  ids: readonly string[],
  message: RemovalMessage,
  queueOf: () => Promise<TaskQueue>,
  { requestId, ...options }: Options,
): Promise<Restart[]> {
  const { Reboot: plan, InstanceIds } = message;
  if (!plan || ids.length === 0) return [];
  const wanted = new Set(ids);
  const queue = await queueOf();
  const waves = chunks(InstanceIds, plan.BatchSize).map((wave, k) => ({
    instanceIds: wave.filter((id) => wanted.has(id)),
    delaySeconds: Math.min(plan.DelaySeconds + (plan.FirstWave + k) * plan.IntervalSeconds, LAST_WAVE_SECONDS),
  }));
  const distinct = sha256(requestId).slice(0, 8);
  return pLimit(CONCURRENCY).map(
    waves.filter(({ instanceIds }) => instanceIds.length > 0),
    async ({ instanceIds, delaySeconds }) => {
      const restart = restartMessage(instanceIds, delaySeconds, plan.ForceReboot, message);
      const submitted = await submit(
        (TaskId) => JSON.stringify({ ...restart, TaskId }),
        {
          taskId: `reboot-${sha256(JSON.stringify(restart))}`,
          delaySeconds: Math.min(delaySeconds, MAX_TASK_DELAY_SECONDS),
        },
        queue,
        { ...options, distinct, isCurrent: (earlier) => isUnderWay(earlier) || earlier.state === 'Succeeded' },
      );
      return { instanceIds, delaySeconds, submitted };
    },
  );
}

function restartMessage(
  instanceIds: string[],
  delaySeconds: number,
  ForceReboot: boolean,
  { RegionId, KeyPairName, RoleArn, DetachedAt, SourceRequestId }: RemovalMessage,
): RebootMessage {
  const dueAt = Date.parse(DetachedAt) + delaySeconds * 1_000;
  return {
    Version: 1,
    RegionId,
    KeyPairName,
    InstanceIds: instanceIds,
    ForceReboot,
    DetachedAt,
    NotAfter: new Date(dueAt + VALID_MS).toISOString(),
    SourceRequestId,
    ...(delaySeconds > MAX_TASK_DELAY_SECONDS && { NotBefore: new Date(dueAt).toISOString() }),
    ...(RoleArn !== undefined && { RoleArn }),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
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
