import { createHash } from 'node:crypto';
import { chunks } from '../../../shared/chunks.ts';
import { MAX_TASK_DELAY_SECONDS } from '../../../shared/fc/task-queue.ts';
import type { RebootMessage } from '../../../shared/messages/reboot-message.ts';
import { REBOOT_LIMITS, type RebootOptions } from '../request/reboot-options.ts';

/** Instances that are restarted together, by one task. */
export type Wave = {
  readonly taskId: string;
  /** Until it is due; FC itself delays by an hour at most. */
  readonly delaySeconds: number;
  readonly detachedAt: number;
  /** Some of its instances run on although an earlier run detached them: a task that is over has not restarted them. */
  readonly isIdle: boolean;
  /** All of the message but for the id of its task. */
  readonly message: Omit<RebootMessage, 'TaskId'>;
};

/** Which work this is, and whose. */
export type Origin = {
  readonly requestId: string;
  /** What makes two requests of one sender the same; without one, every request is its own. */
  readonly token: string | undefined;
  /** Who sent the request, as far as it is known. */
  readonly sender: string;
  /** A run that takes up another's work goes on after its waves. */
  readonly firstWave: number;
  /** Why the function runs by itself; undefined for a request. */
  readonly job: 'Completion' | 'Continuation' | undefined;
};

export type Where = {
  readonly regionId: string;
  readonly keyPairName: string;
  readonly roleArn: string | undefined;
};

/** An instance's slot in the waves; undefined where it needs no restart, or was not detached. */
export type Slot = { readonly instanceId: string; readonly restart: Restart | undefined };

export type Restart = {
  /** When ECS said that the key pair is off; for an instance of an earlier run, since when it has not restarted. */
  readonly detachedAt: number;
  /** Of an instance that an earlier run detached: `idle` when it runs on as if no task had ever restarted it. */
  readonly before?: 'idle' | 'moving';
};

/** For how long after its time a reboot may still happen: FC's own retries take minutes, an outage may take more. */
const VALID_MS = 3_600_000;

/**
 * One message for each wave. Which wave an instance is in follows from its slot alone, not from what became of those
 * before it: so another run of the same request plans the same waves, and FC recognises them.
 */
export function planWaves(slots: readonly Slot[], options: RebootOptions, origin: Origin, where: Where): Wave[] {
  const waves = chunks(slots, options.batchSize).map((wave) => wave.filter(({ restart }) => restart));
  const begin = waves.findIndex(({ length }) => length > 0);
  return waves.flatMap((wave, k) =>
    wave.length === 0 ? [] : [toWave(wave, origin.firstWave + k - begin, options, origin, where)],
  );
}

function toWave(wave: readonly Slot[], k: number, options: RebootOptions, origin: Origin, where: Where): Wave {
  const instanceIds = wave.map(({ instanceId }) => instanceId);
  const detachedAt = Math.max(...wave.map(({ restart }) => restart?.detachedAt ?? 0));
  const delaySeconds = Math.min(options.delaySeconds + k * options.intervalSeconds, REBOOT_LIMITS.lastWaveSeconds);
  const isLate = wave.some(({ restart }) => restart?.before);
  const dueAt = (isLate ? Date.now() : detachedAt) + delaySeconds * 1_000;
  return {
    taskId: taskIdOf(instanceIds, options, origin, where),
    delaySeconds,
    detachedAt,
    isIdle: wave.some(({ restart }) => restart?.before === 'idle'),
    message: {
      Version: 1,
      RegionId: where.regionId,
      KeyPairName: where.keyPairName,
      InstanceIds: instanceIds,
      ForceReboot: options.force,
      DetachedAt: iso(detachedAt),
      NotAfter: iso(dueAt + VALID_MS),
      SourceRequestId: origin.requestId,
      ...(delaySeconds > MAX_TASK_DELAY_SECONDS && { NotBefore: iso(dueAt) }),
      ...(where.roleArn !== undefined && { RoleArn: where.roleArn }),
    },
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/**
 * The same work of the same sender has the same id, and FC takes an id once: a guessed or reused token does not
 * decide what becomes of another's restarts. Another set of instances is other work, so that no reboot is lost.
 */
function taskIdOf(
  instanceIds: readonly string[],
  options: RebootOptions,
  { token, requestId, sender }: Origin,
  { regionId, keyPairName, roleArn }: Where,
): string {
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
