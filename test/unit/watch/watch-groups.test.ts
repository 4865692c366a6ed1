import { describe, expect, it } from 'vitest';
import {
  groupsOf,
  partsOf,
  secondsToNextMinute,
  type WaveParts,
  watchOf,
} from '../../../shared/messages/watch-groups.ts';

const PLAN = { maxErrors: 3, healthTimeoutSeconds: 600, ready: 'Running' } as const;
const AT = Date.parse('2026-11-26T10:00:30.000Z');

function wavesOf(instances: number, batchSize: number, length = 22): WaveParts[] {
  const ids = Array.from({ length: instances }, (_, k) => `i-${String(k).padStart(length - 2, '0')}`);
  const waves = Array.from({ length: Math.ceil(instances / batchSize) }, (_, k) =>
    ids.slice(k * batchSize, (k + 1) * batchSize),
  );
  return waves.map((instanceIds) => [{ regionId: 'cn-hangzhou', roleArn: undefined, detachedAt: AT, instanceIds }]);
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const namedBy = ({ Before, Earlier }: ReturnType<typeof watchOf>) =>
  [...Before, ...Earlier].reduce((sum, { InstanceIds }) => sum + InstanceIds.length, 0);

describe('what a message names of the waves before', () => {
  it.each([1, 7, 30, 100])('is 4,000 instances at least, in waves of %i, and leaves room for its own', (batchSize) => {
    const watch = watchOf(wavesOf(10_000, batchSize), PLAN);
    expect(namedBy(watch)).toBeGreaterThan(4_000);
    expect(bytesOf(watch)).toBeLessThan(128 * 1_024 - 8_000);
  });

  it('is as much as fits of ids of the largest length, and the nearest first', () => {
    const waves = wavesOf(4_000, 100, 64);
    const watch = watchOf(waves, PLAN);
    expect(bytesOf(watch)).toBeLessThan(128 * 1_024 - 8_000);
    expect(watch.Before[0]?.InstanceIds).toEqual(waves.at(-1)?.[0]?.instanceIds);
    expect(watch.Earlier[0]?.InstanceIds.slice(0, 100)).toEqual(waves.at(-2)?.[0]?.instanceIds);
  });

  it('is one group for each place and minute of detaching', () => {
    const part = { regionId: 'cn-hangzhou', roleArn: undefined, detachedAt: AT, instanceIds: ['i-1a1'] };
    const role = 'acs:ram::2:role/detach';
    const groups = groupsOf([
      part,
      { ...part, detachedAt: AT + 20_000, instanceIds: ['i-2a2'] },
      { ...part, detachedAt: AT + 40_000, instanceIds: ['i-3a3'] },
      { ...part, roleArn: role, instanceIds: ['i-4a4'] },
      { ...part, mayRunOn: true, instanceIds: ['i-5a5'] },
    ]);
    expect(groups).toEqual([
      { RegionId: 'cn-hangzhou', DetachedAt: '2026-11-26T10:00:50.000Z', InstanceIds: ['i-1a1', 'i-2a2'] },
      { RegionId: 'cn-hangzhou', DetachedAt: '2026-11-26T10:01:10.000Z', InstanceIds: ['i-3a3'] },
      { RegionId: 'cn-hangzhou', RoleArn: role, DetachedAt: '2026-11-26T10:00:30.000Z', InstanceIds: ['i-4a4'] },
      { RegionId: 'cn-hangzhou', DetachedAt: '2026-11-26T10:00:30.000Z', InstanceIds: ['i-5a5'], MayRunOn: true },
    ]);
    expect(groupsOf(partsOf(groups))).toEqual(groups);
  });

  it('is nothing for the first wave, and says to the second that it is', () => {
    expect(watchOf([], PLAN)).toMatchObject({ Before: [], Earlier: [], IsSecond: false });
    expect(watchOf(wavesOf(2, 2), PLAN)).toMatchObject({ IsSecond: true });
    expect(watchOf(wavesOf(4, 2), PLAN)).toMatchObject({ IsSecond: false });
    const [wave = []] = wavesOf(2, 2);
    expect(watchOf([wave.map((part) => ({ ...part, mayRunOn: true }))], PLAN)).toMatchObject({ IsSecond: false });
  });
});

it('the minute after a detach is the next whole one', () => {
  expect(secondsToNextMinute(AT, AT)).toBe(30);
  expect(secondsToNextMinute(AT, AT + 29_001)).toBe(1);
  expect(secondsToNextMinute(AT, AT + 60_000)).toBe(0);
});
