import { createHash } from 'node:crypto';
import { MAX_TASK_DELAY_SECONDS } from '../../../shared/fc/task-queue.ts';
import type { RebootMessage } from '../../../shared/messages/reboot-message.ts';
import { iso, notAfterOf } from '../../../shared/messages/times.ts';
import type { Watch } from '../../../shared/messages/watch.ts';
import {
  type Part,
  secondsToNextMinute,
  type WaveParts,
  watchOf,
  waveList,
} from '../../../shared/messages/watch-groups.ts';
import type { Where } from '../request/place.ts';
import { firstDelaySeconds, REBOOT_LIMITS, type RebootOptions } from '../request/reboot-options.ts';
import { chunksAfter, layOut } from '../request/wave-layout.ts';

/** Instances that are restarted together, by one task. */
export type Wave = {
  readonly taskId: string;
  /** Until it is due; FC itself delays by an hour at most. */
  readonly delaySeconds: number;
  readonly detachedAt: number;
  /** Some of its instances run on although an earlier run detached them: a task that is over has not restarted them. */
  readonly isIdle: boolean;
  /** All of the message but for the id of its task, and what it watches. */
  readonly message: Omit<RebootMessage, 'TaskId' | 'Watch'>;
  /** Made when it is needed: it may name thousands of instances. */
  readonly watch: () => Watch | undefined;
  /** All of the waves that it was planned with, and those before them. */
  readonly waves: readonly WaveParts[];
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
  /** Slots of that first wave that are others'. */
  readonly taken: number;
  /** What others restart before that, as far as it is known; the last of them is the first wave where slots of it are taken. */
  readonly before?: readonly WaveParts[];
  /** Why the function runs by itself; undefined for a request. */
  readonly job: 'Completion' | 'Continuation' | undefined;
};

/** An instance's slot in the waves; undefined where it needs no restart, or was not detached. */
export type Slot = { readonly instanceId: string; readonly restart: Restart | undefined };

export type Restart = {
  /** When ECS said that the key pair is off; for an instance of an earlier run, since when it has not restarted. */
  readonly detachedAt: number;
  /** Of an instance that an earlier run detached: `idle` when it runs on as if no task had ever restarted it. */
  readonly before?: 'idle' | 'moving';
};

/** The slots of one key pair in one place. */
export type SlotGroup = { readonly where: Where; readonly slots: readonly Slot[] };

/**
 * One message for each wave, or for each of the places that it has instances in. Which wave an instance is in follows from
 * its slot alone, not from what became of those before it: so another run of the same request plans the same waves, and FC
 * recognises them.
 */
export function planWaves(groups: readonly SlotGroup[], options: RebootOptions, origin: Origin): Wave[] {
  const lengths = groups.map(({ slots }) => slots.length);
  const starts = layOut(lengths, origin, { reboot: options, online: undefined });
  const parts = groups.flatMap(({ where, slots }, g) => {
    const { firstWave, taken } = starts[g] ?? origin;
    return chunksAfter(slots, options.batchSize, taken)
      .map((some, k) => ({ where, number: firstWave + k, slots: some.filter(({ restart }) => restart) }))
      .filter((part) => part.slots.length > 0);
  });
  // The first wave waits for none before it, unless others have slots of it too.
  const skipped = origin.taken === 0 ? (parts[0]?.number ?? 0) - origin.firstWave : 0;
  const firstDelay = delayOfFirst(groups, options);
  const { waves, add } = waveList(origin.before, origin.taken > 0 ? origin.firstWave : undefined);
  return parts.map(({ where, number, slots }) => {
    const before = add(number, partOf(slots, where));
    const watch = () => (options.watch ? watchOf(waves.slice(0, before), options.watch) : undefined);
    return { ...toWave(slots, number - skipped, firstDelay, { options, origin, where }), watch, waves };
  });
}

/** With waves that watch, no restart in the minute of the detach: its start would prove nothing. */
function delayOfFirst(groups: readonly SlotGroup[], options: RebootOptions): number {
  const delay = firstDelaySeconds(options);
  if (!options.watch) return delay;
  const detachedAt = Math.max(0, ...groups.map(({ slots }) => detachedAtOf(slots)));
  return Math.max(delay, secondsToNextMinute(detachedAt));
}

function partOf(wave: readonly Slot[], { regionId, roleArn }: Where): Part {
  return { regionId, roleArn, detachedAt: detachedAtOf(wave), instanceIds: wave.map(({ instanceId }) => instanceId) };
}

function detachedAtOf(wave: readonly Slot[]): number {
  return Math.max(...wave.map(({ restart }) => restart?.detachedAt ?? 0));
}

type Plan = { readonly options: RebootOptions; readonly origin: Origin; readonly where: Where };

function toWave(
  wave: readonly Slot[],
  k: number,
  firstDelay: number,
  { options, origin, where }: Plan,
): Omit<Wave, 'watch' | 'waves'> {
  const instanceIds = wave.map(({ instanceId }) => instanceId);
  const detachedAt = detachedAtOf(wave);
  const delaySeconds = Math.min(firstDelay + k * options.intervalSeconds, REBOOT_LIMITS.lastWaveSeconds);
  const waits = options.watch !== undefined || options.notBefore !== undefined;
  const isFromNow = waits || wave.some(({ restart }) => restart?.before);
  const dueAt = (isFromNow ? Date.now() : detachedAt) + delaySeconds * 1_000;
  // Each wave before may take as long as it has to come back.
  const waitMs = k * (options.watch?.healthTimeoutSeconds ?? 0) * 1_000;
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
      NotAfter: iso(notAfterOf(detachedAt, dueAt, waitMs)),
      SourceRequestId: origin.requestId,
      ...((waits || delaySeconds > MAX_TASK_DELAY_SECONDS) && { NotBefore: iso(dueAt) }),
      ...(where.roleArn !== undefined && { RoleArn: where.roleArn }),
    },
  };
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
  const { force, batchSize, intervalSeconds, delaySeconds, notBefore, watch } = options;
  const more = notBefore === undefined && !watch ? [] : [notBefore ?? null, watch ?? null];
  const work = JSON.stringify([
    token === undefined ? { requestId } : { token },
    sender,
    [force, batchSize, intervalSeconds, delaySeconds, ...more],
    [regionId, keyPairName, roleArn ?? null],
    [...instanceIds].sort(),
  ]);
  return `reboot-${createHash('sha256').update(work).digest('hex')}`;
}
