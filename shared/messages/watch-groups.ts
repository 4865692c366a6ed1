import type { Group, Ready, Watch } from './watch.ts';

/** Instances that one wave restarts in one place. */
export type Part = {
  readonly regionId: string;
  readonly roleArn: string | undefined;
  /** Ms since the epoch. */
  readonly detachedAt: number;
  readonly instanceIds: readonly string[];
  /** Some of them may need no restart. */
  readonly mayRunOn?: boolean;
};

/** What one wave restarts, in one place or several. */
export type WaveParts = readonly Part[];

export type WatchPlan = { readonly maxErrors: number; readonly healthTimeoutSeconds: number; readonly ready: Ready };

const MINUTE_MS = 60_000;
/** An asynchronous payload may be 128 KB: less the message itself, which names at most 100 ids of 64 characters. */
export const ROOM_BYTES = 128 * 1_024 - 12_000;
/** Quotes and a comma. */
const ID_BYTES = 3;
/** Of a group without its role and its ids. */
const GROUP_BYTES = 200;

/** Waves in their order: parts of one number are one wave. */
export type WaveList = {
  readonly waves: readonly WaveParts[];
  /** How many waves there are before the one that the part is in. */
  add(number: number, part: Part): number;
};

/** `shared`: the number of the last of those before, where more may come to it. */
export function waveList(before: readonly WaveParts[] = [], shared?: number): WaveList {
  const waves = [...before];
  let current = shared;
  return {
    waves,
    add(number, part) {
      waves.push(number === current ? [...(waves.pop() ?? []), part] : [part]);
      current = number;
      return waves.length - 1;
    },
  };
}

/** What the wave after these watches; nothing where there is none before it. The nearest waves are named first. */
export function watchOf(waves: readonly WaveParts[], plan: WatchPlan): Watch {
  const before = waves.at(-1) ?? [];
  const groups = groupsOf(before);
  return {
    MaxErrors: plan.maxErrors,
    HealthTimeoutSeconds: plan.healthTimeoutSeconds,
    Ready: plan.ready,
    IsSecond: waves.length === 1 && !before.some(({ mayRunOn }) => mayRunOn),
    Before: groups,
    Earlier: groupsOf(nearest(waves.slice(0, -1), ROOM_BYTES - bytesOf(groups))),
  };
}

/** The instances of the last of the waves, as far as there is room for them. */
export function nearest(waves: readonly WaveParts[], room: number): Part[] {
  const taken: Part[] = [];
  const keys = new Set<string>();
  let left = room;
  for (const part of waves.toReversed().flat()) {
    const isNew = !keys.has(keyOf(part));
    left -= isNew ? GROUP_BYTES + (part.roleArn?.length ?? 0) : 0;
    const instanceIds = fitting(part.instanceIds, left);
    if (instanceIds.length === 0) return taken;
    left -= sizeOf(instanceIds);
    keys.add(keyOf(part));
    taken.push({ ...part, instanceIds });
  }
  return taken;
}

function fitting(ids: readonly string[], room: number): readonly string[] {
  let left = room;
  const end = ids.findIndex((id) => {
    left -= id.length + ID_BYTES;
    return left < 0;
  });
  return end < 0 ? ids : ids.slice(0, end);
}

export function bytesOf(groups: readonly Group[]): number {
  return groups.reduce(
    (sum, { RoleArn, InstanceIds }) => sum + GROUP_BYTES + (RoleArn?.length ?? 0) + sizeOf(InstanceIds),
    0,
  );
}

/** Of a list of ids in JSON. */
export function sizeOf(ids: readonly string[]): number {
  return ids.reduce((sum, id) => sum + id.length + ID_BYTES, 0);
}

/** One group for each place and minute: ECS tells starts by the minute, so that more would say nothing more. */
export function groupsOf(parts: readonly Part[]): Group[] {
  const groups = new Map<string, Part & { instanceIds: string[] }>();
  for (const part of parts) {
    const group = groups.get(keyOf(part));
    const detachedAt = Math.max(part.detachedAt, group?.detachedAt ?? 0);
    groups.set(keyOf(part), { ...part, detachedAt, instanceIds: [...(group?.instanceIds ?? []), ...part.instanceIds] });
  }
  return [...groups.values()].map(({ regionId, roleArn, detachedAt, instanceIds, mayRunOn }) => ({
    RegionId: regionId,
    ...(roleArn !== undefined && { RoleArn: roleArn }),
    DetachedAt: new Date(detachedAt).toISOString(),
    InstanceIds: instanceIds,
    ...(mayRunOn && { MayRunOn: true }),
  }));
}

/** The same, as they stand in a message. */
export function partsOf(groups: readonly Group[]): Part[] {
  return groups.map(({ RegionId, RoleArn, DetachedAt, InstanceIds, MayRunOn }) => ({
    regionId: RegionId,
    roleArn: RoleArn,
    detachedAt: Date.parse(DetachedAt),
    instanceIds: InstanceIds,
    ...(MayRunOn && { mayRunOn: true }),
  }));
}

function keyOf({ regionId, roleArn, detachedAt, mayRunOn }: Part): string {
  return JSON.stringify([regionId, roleArn ?? null, Math.floor(detachedAt / MINUTE_MS), mayRunOn ?? false]);
}

/** From `now` to the minute after the detach: a start in its very minute may have come before it, and proves nothing. */
export function secondsToNextMinute(detachedAt: number, now = Date.now()): number {
  const minute = Math.floor(detachedAt / MINUTE_MS) + 1;
  return Math.max(0, Math.ceil((minute * MINUTE_MS - now) / 1_000));
}
