import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { chunks } from '../../../shared/chunks.ts';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import { isUnderWay, type Submitted, submit } from '../../../shared/fc/submit.ts';
import { distinctOf } from '../../../shared/fc/task-id.ts';
import type { TaskQueue } from '../../../shared/fc/task-queue.ts';
import { REMOVAL_BATCH } from '../../../shared/messages/fields.ts';
import type { RemovalMessage } from '../../../shared/messages/removal-message.ts';
import { taskSection } from '../../../shared/messages/task-section.ts';
import { iso, VALID_MS } from '../../../shared/messages/times.ts';
import { groupsOf, nearest, ROOM_BYTES, type WaveParts } from '../../../shared/messages/watch-groups.ts';
import type { PublicKey } from '../../../shared/public-key.ts';
import type { TaskSection } from '../answer/schema.ts';
import type { OnlineOptions } from '../request/online-options.ts';
import type { Where } from '../request/place.ts';
import type { RebootOptions, WatchOptions } from '../request/reboot-options.ts';
import type { Origin, Restart, Slot } from './waves.ts';

export type Removal = {
  readonly taskId: string;
  readonly detachedAt: number;
  readonly message: RemovalMessage;
  /** What its waves wait for. */
  readonly watch: WatchOptions | undefined;
};

export type RemovalPlan = {
  readonly online: OnlineOptions;
  /** What is not proven clean is restarted so. */
  readonly reboot: RebootOptions | undefined;
  readonly publicKey: PublicKey;
  readonly origin: Origin;
  readonly where: Where;
};

const CONCURRENCY = 16;

/**
 * Detached instances → one message for each 100. With restarts a message has whole waves, and says which is its first:
 * each plans its own, and never are more than a wave's instances down at once.
 */
export function planRemovals(slots: readonly Slot[], plan: RemovalPlan): Removal[] {
  const { reboot } = plan;
  const waves = reboot ? Math.floor(REMOVAL_BATCH / reboot.batchSize) : 1;
  const size = reboot ? waves * reboot.batchSize : REMOVAL_BATCH;
  return chunks(slots, size).flatMap((some, k) => {
    const restarts = some.flatMap(({ instanceId, restart }) => (restart ? [{ instanceId, restart }] : []));
    return restarts.length === 0 ? [] : [toRemoval(restarts, plan.origin.firstWave + k * waves, plan)];
  });
}

function toRemoval(
  restarts: readonly { readonly instanceId: string; readonly restart: Restart }[],
  firstWave: number,
  plan: RemovalPlan,
): Removal {
  const { online, reboot, publicKey, origin, where } = plan;
  const instanceIds = restarts.map(({ instanceId }) => instanceId);
  // What an earlier run has detached is looked at anew: its removal is valid from now on.
  const times = restarts.map(({ restart }) => (restart.before ? Date.now() : restart.detachedAt));
  const detachedAt = Math.max(...times);
  const message: RemovalMessage = {
    Version: 1,
    RegionId: where.regionId,
    KeyPairName: where.keyPairName,
    PublicKey: `${publicKey.type} ${publicKey.blob}`,
    InstanceIds: instanceIds,
    TimeoutSeconds: online.timeoutSeconds,
    Sessions: online.sessions,
    DetachedAt: new Date(detachedAt).toISOString(),
    NotAfter: iso(detachedAt + VALID_MS),
    SourceRequestId: origin.requestId,
    ...(where.roleArn !== undefined && { RoleArn: where.roleArn }),
    ...(reboot && {
      Reboot: {
        ForceReboot: reboot.force,
        BatchSize: reboot.batchSize,
        IntervalSeconds: reboot.intervalSeconds,
        DelaySeconds: reboot.delaySeconds,
        FirstWave: firstWave,
        ...(reboot.notBefore !== undefined && { NotBefore: new Date(reboot.notBefore).toISOString() }),
      },
    }),
  };
  return { taskId: taskIdOf(instanceIds, plan), detachedAt, message, watch: reboot?.watch };
}

/** The same work of the same sender has the same id, and FC takes an id once. */
function taskIdOf(instanceIds: readonly string[], plan: RemovalPlan): string {
  const { origin, where, online, reboot, publicKey } = plan;
  const { token, requestId, sender } = origin;
  const { regionId, keyPairName, roleArn } = where;
  const identity = token === undefined ? { requestId } : { token };
  const work = [identity, sender, online, reboot ?? null, publicKey, regionId, keyPairName, roleArn ?? null];
  return `remove-${createHash('sha256')
    .update(JSON.stringify([...work, [...instanceIds].sort()]))
    .digest('hex')}`;
}

export type QueuedRemoval = { readonly removal: Removal; readonly submitted: Submitted };

type EnqueueOptions = {
  readonly deadline: Deadline;
  readonly requestId: string;
  /** What others restart before. */
  readonly before: readonly WaveParts[];
};

/** Every removal with what became of it; one that could not be queued does not keep the others from it. */
export function enqueueRemovals(
  removals: readonly Removal[],
  queue: TaskQueue,
  { requestId, before, ...options }: EnqueueOptions,
): Promise<QueuedRemoval[]> {
  const distinct = distinctOf(requestId);
  const enqueue = async (removal: Removal, k: number): Promise<QueuedRemoval> => {
    const { taskId, detachedAt } = removal;
    const payload = () => JSON.stringify(watching(removal, wavesOfRemovals(removals.slice(0, k), before)));
    const submitted = await submit(payload, { taskId, delaySeconds: 0 }, queue, {
      ...options,
      distinct,
      // One that was over before these were detached has not seen what came back since.
      isCurrent: (earlier) =>
        isUnderWay(earlier) || (earlier.state === 'Succeeded' && (earlier.startedAt ?? 0) > detachedAt),
    });
    return { removal, submitted };
  };
  return pLimit(CONCURRENCY).map(removals, enqueue);
}

/** The message, with the waves that watch knowing those of the messages before. */
function watching({ message, watch }: Removal, waves: readonly WaveParts[]): RemovalMessage {
  const { Reboot } = message;
  if (!Reboot || !watch) return message;
  const last = groupsOf(waves.at(-1) ?? []);
  const room = ROOM_BYTES - message.PublicKey.length - JSON.stringify(last).length;
  const Watch = {
    MaxErrors: watch.maxErrors,
    HealthTimeoutSeconds: watch.healthTimeoutSeconds,
    Ready: watch.ready,
    Before: last,
    Earlier: groupsOf(nearest(waves.slice(0, -1), room)),
  };
  return { ...message, Reboot: { ...Reboot, Watch } };
}

/** What these removals may have restarted, after what others restart before. */
export function wavesOfRemovals(removals: readonly Removal[], before: readonly WaveParts[] = []): WaveParts[] {
  return [...before, ...removals.flatMap(wavesOf)];
}

/** What is proven clean is not restarted, which only the run of that message knows. */
function wavesOf({ message, detachedAt }: Removal): WaveParts[] {
  const { RegionId: regionId, RoleArn: roleArn, InstanceIds, Reboot } = message;
  if (!Reboot) return [];
  return chunks(InstanceIds, Reboot.BatchSize).map((instanceIds) => [
    { regionId, roleArn, detachedAt, instanceIds, mayRunOn: true },
  ]);
}

/** The answer's `Online` section. */
export function onlineSection(queued: readonly QueuedRemoval[]): TaskSection {
  return taskSection(
    queued.map(({ removal, submitted }) => ({
      instanceIds: removal.message.InstanceIds,
      delaySeconds: 0,
      submitted,
    })),
  );
}
