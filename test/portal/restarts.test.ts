import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWaves as planned } from '../../functions/detach-key-pair/queue/waves.ts';
import {
  complaint,
  errorsOf,
  onlineField,
  planWaves,
  type Restarts,
  rebootField,
  requestSize,
} from '../../portal/core/restarts.ts';
import { areaPath, timelineOf } from '../../portal/core/timeline.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');
const off: Restarts = { kind: 'off' };
const atOnce: Restarts = { kind: 'at once', force: false };
const waves = (batchSize: number, intervalSeconds: number, force = false): Restarts => ({
  kind: 'waves',
  batchSize,
  intervalSeconds,
  force,
});

const watching = (maxErrors: string, healthTimeoutSeconds: number): Restarts => ({
  ...waves(50, 60),
  kind: 'waves',
  batchSize: 50,
  intervalSeconds: 60,
  force: false,
  watch: { maxErrors, healthTimeoutSeconds, ready: 'Running' },
});

describe('restarts', () => {
  it('are planned in waves, the last one smaller', () => {
    expect(planWaves([120], waves(50, 30))).toEqual([
      { startsAt: 0, size: 50 },
      { startsAt: 30, size: 50 },
      { startsAt: 60, size: 20 },
    ]);
    expect(planWaves([120], atOnce)).toEqual([
      { startsAt: 0, size: 100 },
      { startsAt: 0, size: 20 },
    ]);
    expect(planWaves([120], off)).toEqual([]);
  });

  it('of several places are one sequence: a wave is of one place, or of all where they go into one request', () => {
    const sizes = (places: number[], restarts: Restarts, isOneRequest = false) =>
      planWaves(places, restarts, isOneRequest).map(({ size }) => size);
    expect(sizes([70, 30], waves(50, 30))).toEqual([50, 20, 30]);
    expect(sizes([70, 30], waves(50, 30), true)).toEqual([50, 50]);
    // A request holds whole waves of at most 500, a message that removes online of at most 100.
    expect(sizes([520], waves(30, 30)).slice(-3)).toEqual([30, 30, 10]);
    const online = { ...waves(30, 30), online: { timeoutSeconds: 60, closeSessions: false } };
    expect(sizes([100], online)).toEqual([30, 30, 30, 10]);
    expect(sizes([500], online).slice(15)).toEqual([30, 20]);
    expect(sizes([40, 40], online, true)).toEqual([30, 10, 30, 10]);
  });

  it('of one request are those that the function plans', () => {
    const place = { keyPairName: 'leaked-key', roleArn: undefined };
    const origin = { requestId: 'R', token: 't', sender: 's', firstWave: 0, taken: 0, job: undefined };
    fc.assert(
      fc.property(fc.array(fc.nat(150), { maxLength: 4 }), fc.integer({ min: 1, max: 100 }), (places, batchSize) => {
        const groups = places.map((size, g) => ({
          where: { ...place, regionId: `cn-${g}` },
          slots: Array.from({ length: size }, (_, k) => ({ instanceId: `i-${g}-${k}`, restart: { detachedAt: NOW } })),
        }));
        const options = { force: false, batchSize, intervalSeconds: 60, delaySeconds: 0 } as const;
        const sizes = new Map<number, number>();
        for (const { delaySeconds, message } of planned(
          groups,
          { ...options, notBefore: undefined, watch: undefined },
          origin,
        )) {
          sizes.set(delaySeconds, (sizes.get(delaySeconds) ?? 0) + message.InstanceIds.length);
        }
        expect(planWaves(places, waves(batchSize, 60), true)).toEqual(
          [...sizes].map(([startsAt, size]) => ({ startsAt, size })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['off', off, undefined],
    ['at once', atOnce, undefined],
    ['two hours for the last wave', waves(100, 600), undefined],
    ['24 hours for the last wave', waves(25, 1_694), undefined],
    ['all waves at once, said so', waves(100, 0), undefined],
    ['a last wave too late', waves(25, 1_695), { seconds: 86_445 }],
    ['a last wave too late for its first', { ...waves(25, 1_600), notBefore: NOW + 4_801_000 }, { seconds: 86_401 }],
    ['no interval', waves(100, Number.NaN), 'intervalSeconds'],
    ['an interval of two hours', waves(100, 7200), 'intervalSeconds'],
    ['waves of none', waves(0, 10), 'batchSize'],
    ['waves of 101', waves(101, 10), 'batchSize'],
    ['half an instance', waves(0.5, 10), 'batchSize'],
    ['waves that watch', watching('10%', 600), undefined],
    ['errors that are no number', watching('some', 600), 'maxErrors'],
    ['a percentage over 100', watching('101%', 600), 'maxErrors'],
    ['too short a wait', watching('0', 59), 'healthTimeoutSeconds'],
    ['a time that has passed', { ...atOnce, notBefore: NOW - 1 }, undefined],
    ['a time in two days', { ...atOnce, notBefore: NOW + 172_800_000 }, 'notBefore'],
    ['a time that is none', { ...atOnce, notBefore: Number.NaN }, 'notBefore'],
    ['a run of a second', { ...off, online: { timeoutSeconds: 1, closeSessions: false } }, 'onlineTimeoutSeconds'],
  ])('are complained of as the function would: %s', (_, restarts, expected) => {
    expect(complaint([1_300], restarts, false, NOW)).toEqual(expected);
  });

  it.each([
    ['5', 5],
    ['10%', 5],
    ['1%', 0],
    ['', undefined],
    ['-1', undefined],
  ])('let %s of a wave of 50 stay down', (text, expected) => {
    expect(errorsOf(text, 50)).toBe(expected);
  });

  it('fit whole waves into a request of at most 500', () => {
    expect([off, atOnce, waves(100, 1), waves(30, 1), waves(1, 1)].map(requestSize)).toEqual([500, 500, 500, 480, 500]);
    // Waves that watch those before them must be of one request.
    expect(requestSize(watching('0', 600))).toBe(4_000);
  });

  it('become the field of a request', () => {
    expect(rebootField(off, 0)).toBeUndefined();
    expect(rebootField(atOnce, 0)).toEqual({ BatchSize: 100, IntervalSeconds: 0 });
    expect(rebootField(waves(20, 30, true), 90)).toEqual({
      BatchSize: 20,
      IntervalSeconds: 30,
      ForceReboot: true,
      DelaySeconds: 90,
    });
    expect(rebootField(watching('5', 300), 90, NOW)).toEqual({
      BatchSize: 50,
      IntervalSeconds: 60,
      NotBefore: '2026-11-24T08:00:00.000Z',
      MaxErrors: 5,
      HealthTimeoutSeconds: 300,
      Ready: 'Running',
    });
    expect(rebootField(watching('5%', 300), 0)).toHaveProperty('MaxErrors', '5%');
    expect(onlineField(off)).toBeUndefined();
    expect(onlineField({ ...off, online: { timeoutSeconds: 60, closeSessions: true } })).toEqual({
      TimeoutSeconds: 60,
      Sessions: 'Close',
    });
  });
});

describe('the timeline', () => {
  it('shows how many are down while waves overlap', () => {
    expect(timelineOf(planWaves([120], waves(50, 30)), 45)).toEqual({
      steps: [
        { at: 0, down: 50 },
        { at: 30, down: 100 },
        { at: 45, down: 50 },
        { at: 60, down: 70 },
        { at: 75, down: 20 },
        { at: 105, down: 0 },
      ],
      peak: 100,
      seconds: 105,
    });
  });

  it('counts one wave out as the next goes down at the same moment', () => {
    const { peak, steps } = timelineOf(planWaves([100], waves(50, 60)), 60);
    expect(peak).toBe(50);
    expect(steps).toEqual([
      { at: 0, down: 50 },
      { at: 60, down: 50 },
      { at: 120, down: 0 },
    ]);
  });

  it('is empty without waves', () => {
    expect(timelineOf([], 60)).toEqual({ steps: [], peak: 0, seconds: 0 });
  });

  it('is drawn from left to right, the peak at the top', () => {
    const timeline = timelineOf(planWaves([75], waves(50, 30)), 60);
    expect(areaPath(timeline, 900, 75)).toBe('M0 75H0V25H300V0H600V50H900V75Z');
  });
});
