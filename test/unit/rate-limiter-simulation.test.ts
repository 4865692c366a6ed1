import { describe, expect, it } from 'vitest';
import { ours } from '../../bench/simulation/contenders.ts';
import { bucketCell, windowCell } from '../../bench/simulation/grid.ts';
import { run } from '../../bench/simulation/run.ts';

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

describe('the rate limiter comes near the limit, and few calls are throttled', () => {
  it.each(CELLS)('$name', async ({ course, callsAtMost }) => {
    for (const seed of [1, 2, 3]) {
      const { share, callsPerBatch } = await run(course(seed), ours, seed);
      expect(share).toBeGreaterThanOrEqual(0.9);
      expect(callsPerBatch).toBeLessThanOrEqual(callsAtMost);
    }
  });
});
