import { createHash } from 'node:crypto';
import { chunks } from '../../../shared/chunks.ts';
import { MAX_TASK_DELAY_SECONDS } from '../../../shared/fc/task-queue.ts';
import type { RebootMessage } from '../../../shared/messages/reboot-message.ts';
import type { RebootOptions } from '../request/reboot-options.ts';

/** Instances that are restarted together, by one task. */
export type Wave = {
  readonly taskId: string;
  /** Until it is due; FC itself delays by an hour at most. */
  readonly delaySeconds: number;
  readonly detachedAt: number;
  /** All of the message but for the id of its task. */
  readonly message: Omit<RebootMessage, 'TaskId'>;
};

/** Whose waves these are. */
export type Origin = {
  readonly regionId: string;
  readonly keyPairName: string;
  readonly roleArn: string | undefined;
  readonly requestId: string;
  /** What makes two requests of one sender the same; without one, every request is its own. */
  readonly token: string | undefined;
  /** Who sent the request, as far as anybody can say. */
  readonly sender: string;
};

/** For how long after its time a reboot may still happen: FC's own retries take minutes, an outage may take more. */
const VALID_MS = 3_600_000;

/** Detached instances → one message a wave. `at` is when ECS said that an instance was detached. */
export function planWaves(
  detached: readonly { instanceId: string; at: number }[],
  options: RebootOptions,
  origin: Origin,
): Wave[] {
  return chunks(detached, options.batchSize).map((wave, k) => {
    const instanceIds = wave.map(({ instanceId }) => instanceId);
    const detachedAt = wave.reduce((latest, { at }) => Math.max(latest, at), 0);
    const delaySeconds = options.delaySeconds + k * options.intervalSeconds;
    const dueAt = detachedAt + delaySeconds * 1_000;
    return {
      taskId: taskIdOf(instanceIds, options, origin),
      delaySeconds,
      detachedAt,
      message: {
        Version: 1,
        RegionId: origin.regionId,
        KeyPairName: origin.keyPairName,
        InstanceIds: instanceIds,
        ForceReboot: options.force,
        DetachedAt: new Date(detachedAt).toISOString(),
        NotAfter: new Date(dueAt + VALID_MS).toISOString(),
        SourceRequestId: origin.requestId,
        ...(delaySeconds > MAX_TASK_DELAY_SECONDS && { NotBefore: new Date(dueAt).toISOString() }),
        ...(origin.roleArn !== undefined && { RoleArn: origin.roleArn }),
      },
    };
  });
}

/**
 * The same work of the same sender has the same id, and FC takes an id once: nobody decides by a guessed or reused token
 * what becomes of another's restarts. Another set of instances is other work, so that no reboot is lost.
 */
function taskIdOf(instanceIds: readonly string[], options: RebootOptions, origin: Origin): string {
  const { token, requestId, sender, regionId, keyPairName, roleArn } = origin;
  const { force, batchSize, intervalSeconds, delaySeconds } = options;
  const work = JSON.stringify([
    token === undefined ? { requestId } : { token },
    sender,
    [force, batchSize, intervalSeconds, delaySeconds],
    [regionId, keyPairName, roleArn ?? null],
    [...instanceIds].sort(),
  ]);
  return `reboot-${createHash('sha256').update(work).digest('hex')}`;
}
