import { describe, expect, it } from 'vitest';
import { ours } from '../../bench/simulation/contenders.ts';
import { FAIRNESS, type FairnessCell, fairness } from '../../bench/simulation/fairness.ts';
import { bucketCell, windowCell } from '../../bench/simulation/grid.ts';
import { run } from '../../bench/simulation/run.ts';
import { rateOf, share } from '../../bench/simulation/sharing.ts';
import { bucket } from '../../bench/simulation/throttle.ts';
import { waits } from '../../shared/retry/backoff.ts';

waits.factor = 1;

// A part of the grid of `npm run bench -- --only limiter`, in simulated time.
const CELLS = [
  bucketCell(2, 1, 50),
  bucketCell(5, 1, 20),
  bucketCell(10, 5, 50),
  bucketCell(20, 1, 50),
  bucketCell(20, 5, 200),
  bucketCell(50, 20, 20),
  bucketCell(100, 1, 50),
  bucketCell(100, 100, 20),
  windowCell(200, 50),
];

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('the rate limiter comes near the limit, and few calls are throttled', () => {
  it.each(CELLS)('$name', async ({ course, callsAtMost }) => {
    for (const seed of [1, 2, 3]) {
      const { share, callsPerBatch } = await run(course(seed), ours, seed);
      expect(share).toBeGreaterThanOrEqual(0.9);
      expect(callsPerBatch).toBeLessThanOrEqual(callsAtMost);
    }
  });
});

describe('a limit that changes from 20 to 5 to 50 a second', () => {
  it.each([
    [1, 50],
    [5, 20],
    [5, 50],
    [20, 50],
  ])('is worked at within 5 s, with a burst of %i and %i ms a call', async (burst, latencyMs) => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      // The changes come at another moment of the limiter's climb with each seed.
      const startsAt = 6_000_000 + seed * 7_919;
      const [fallsAt, risesAt, endsAt] = [
        startsAt + 10_000 + seed * 617,
        startsAt + 25_000 + seed * 1_033,
        startsAt + 45_000,
      ];
      const throttle = bucket((now) => (now < fallsAt ? 20 : now < risesAt ? 5 : 50), burst);
      const [passed = []] = await share({ callers: 1, throttle, latencyMs, startsAt, endsAt }, ours, seed);
      expect(rateOf(passed, fallsAt + 5_000, risesAt) / 5).toBeGreaterThanOrEqual(0.85);
      expect(rateOf(passed, risesAt + 5_000, endsAt) / 50).toBeGreaterThanOrEqual(0.85);
    }
  });
});

describe('two limiters behind one limit share it', () => {
  const cells = FAIRNESS.filter(({ burst }) => burst > 1);
  const runsOf = (cell: FairnessCell) => Promise.all(SEEDS.map((seed) => fairness(cell, ours, seed)));

  it.each(cells)('$name', async (cell) => {
    const runs = await runsOf(cell);
    const smaller = runs.map((run) => run.smaller);
    expect(smaller.reduce((sum, part) => sum + part, 0) / smaller.length).toBeGreaterThanOrEqual(0.43);
    expect(Math.min(...runs.map((run) => run.together))).toBeGreaterThanOrEqual(0.85);
  });

  it('within 40 : 60 in fourteen runs of fifteen', async () => {
    const runs = (await Promise.all(cells.map(runsOf))).flat();
    const fair = runs.filter(({ smaller }) => smaller >= 0.4);
    expect(fair.length / runs.length).toBeGreaterThanOrEqual(14 / 15);
  });
});
