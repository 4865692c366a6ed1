import { describe, expect, it } from 'vitest';
import { complaint, planWaves, type Restarts, rebootField, requestSize } from '../../portal/core/restarts.ts';
import { areaPath, timelineOf } from '../../portal/core/timeline.ts';

const off: Restarts = { kind: 'off' };
const atOnce: Restarts = { kind: 'at once', force: false };
const waves = (batchSize: number, intervalSeconds: number, force = false): Restarts => ({
  kind: 'waves',
  batchSize,
  intervalSeconds,
  force,
});

describe('restarts', () => {
  it('are planned in waves, the last one smaller', () => {
    expect(planWaves(120, waves(50, 30))).toEqual([
      { startsAt: 0, size: 50 },
      { startsAt: 30, size: 50 },
      { startsAt: 60, size: 20 },
    ]);
    expect(planWaves(120, atOnce)).toEqual([{ startsAt: 0, size: 120 }]);
    expect(planWaves(120, off)).toEqual([]);
  });

  it.each([
    ['off', off, undefined],
    ['at once', atOnce, undefined],
    ['two hours for the last wave', waves(100, 600), undefined],
    ['24 hours for the last wave', waves(25, 1_694), undefined],
    ['all waves at once, said so', waves(100, 0), undefined],
    ['a last wave too late', waves(25, 1_695), /86445 s after the first, and 86400 s is the most/],
    ['no interval', waves(100, Number.NaN), /0 to 3600/],
    ['an interval of two hours', waves(100, 7200), /0 to 3600/],
    ['waves of none', waves(0, 10), /1 to 100 instances/],
    ['waves of 101', waves(101, 10), /1 to 100 instances/],
    ['half an instance', waves(0.5, 10), /1 to 100 instances/],
  ])('are complained of as the function would: %s', (_, restarts, expected) => {
    const said = complaint(1_300, restarts);
    if (expected) expect(said).toMatch(expected);
    else expect(said).toBeUndefined();
  });

  it('fit whole waves into a request of at most 500', () => {
    expect([off, atOnce, waves(100, 1), waves(30, 1), waves(1, 1)].map(requestSize)).toEqual([500, 500, 500, 480, 500]);
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
  });
});

describe('the timeline', () => {
  it('shows how many are down while waves overlap', () => {
    expect(timelineOf(planWaves(120, waves(50, 30)), 45)).toEqual({
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
    const { peak, steps } = timelineOf(planWaves(100, waves(50, 60)), 60);
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
    const timeline = timelineOf(planWaves(75, waves(50, 30)), 60);
    expect(areaPath(timeline, 900, 75)).toBe('M0 75H0V25H300V0H600V50H900V75Z');
  });
});
