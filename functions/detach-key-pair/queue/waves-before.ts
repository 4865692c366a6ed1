import type { Group } from '../../../shared/messages/watch.ts';
import {
  bytesOf,
  groupsOf,
  nearest,
  ROOM_BYTES,
  sizeOf,
  type WaveParts,
  waveList,
} from '../../../shared/messages/watch-groups.ts';
import { chunksAfter } from '../request/wave-layout.ts';
import type { JobPart } from './job.ts';
import type { Origin } from './waves.ts';

/**
 * Jobs of one request, each with the waves before its own: those that the request knows of, then those of the jobs before
 * it. Which of these jobs' instances will be detached is not known: one that is not never restarts, and counts as not back.
 */
export function withWavesBefore(
  parts: readonly JobPart[],
  { before, taken, firstWave }: Origin,
  since: number,
  batchSize: number,
  mayRunOn: boolean,
): JobPart[] {
  const { waves, add } = waveList(before, taken > 0 ? firstWave : undefined);
  return parts.map((part) => {
    const { where, instanceIds, start } = part;
    const room = ROOM_BYTES - sizeOf(instanceIds);
    const named = { ...part, before: lastOf(waves, start.taken > 0 ? 2 : 1, room) };
    for (const [k, some] of chunksAfter(instanceIds, batchSize, start.taken).entries()) {
      const { regionId, roleArn } = where;
      add(start.firstWave + k, {
        regionId,
        roleArn,
        detachedAt: since,
        instanceIds: some,
        ...(mayRunOn && { mayRunOn }),
      });
    }
    return named;
  });
}

/** The last ones each by itself, and those before them in one, as far as there is room. */
function lastOf(waves: readonly WaveParts[], last: number, room: number): Group[][] {
  const whole = waves.slice(-last).map(groupsOf);
  const left = room - whole.reduce((sum, groups) => sum + bytesOf(groups), 0);
  return [groupsOf(nearest(waves.slice(0, -last), left)), ...whole].filter((groups) => groups.length > 0);
}
