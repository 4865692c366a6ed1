import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { playRollout, type Rollout, rolloutSchedules } from './rollout-run.ts';

/** More in all, or another seed: `TEST_RUNS=400 TEST_SEED=7 npx vitest run test/properties/rollouts.test.ts`. */
const ROLLOUTS = Number(process.env['TEST_RUNS'] ?? 25);
const SEED = Number(process.env['TEST_SEED'] ?? 20261126);

const told = { rollouts: 0, instances: 0, waves: 0, runs: 0, halted: 0, failures: 0 };

afterAll(() => {
  console.log(`rollouts, seed ${SEED}:`, JSON.stringify(told));
});

describe('whatever becomes of its instances and messages', () => {
  it('a rollout that watches keeps its promises', async () => {
    const property = fc.asyncProperty(rolloutSchedules, async (schedule) => {
      const rollout = await playRollout(schedule);
      tell(rollout);
      expectTruths(rollout);
    });
    await fc.assert(property, { numRuns: ROLLOUTS, seed: SEED });
    expect(told.rollouts).toBeGreaterThanOrEqual(ROLLOUTS);
  }, 3_600_000);
});

function tell({ ids, waves, runs, actions, failures }: Rollout): void {
  told.rollouts += 1;
  told.instances += ids.length;
  told.waves += waves.length;
  told.runs += runs;
  told.halted += actions.has('Skipped.Halted') ? 1 : 0;
  told.failures += failures.length;
}

function expectTruths(rollout: Rollout): void {
  const { schedule, ids, reboots, mostDown, notBackAtBegin, failures, actions, afterwards } = rollout;
  const { again, batchSize, maxErrors, bad, lost, stopped } = schedule;
  // Nothing is restarted twice, and never are more down at once than may be.
  expect(Math.max(0, ...reboots)).toBeLessThanOrEqual(1);
  expect(mostDown).toBeLessThanOrEqual(batchSize + maxErrors);
  // No wave begins while more than MaxErrors instances of those before it are not back.
  for (const notBack of notBackAtBegin) expect(notBack).toBeLessThanOrEqual(maxErrors);
  // Where no more than may go wrong, all are restarted, and nothing is told but what another delivery finds hanging.
  const wrong = ids.filter((_, k) => bad.includes(k)).length;
  const isStopped = (k: number) => stopped.includes(k) && !bad.includes(k);
  if (wrong <= maxErrors && lost.length === 0) {
    expect(reboots).toEqual(ids.map((_, k) => (isStopped(k) ? 0 : 1)));
    if (wrong === 0 || again === undefined) expect(failures).toEqual([]);
    expect(actions).not.toContain('Skipped.Halted');
  }
  // A rollout that stops by itself is told once, with what did not come back.
  const halts = failures.filter((failure) => failure.includes('NotBack'));
  if (lost.length === 0) expect(halts.length > 0).toBe(actions.has('Skipped.Halted'));
  expect(halts.length).toBeLessThanOrEqual(again === undefined ? 1 : 2);
  // Sent again when all is mended, it restarts the rest, and only that.
  expect(afterwards).toEqual(ids.map((_, k) => (isStopped(k) ? 0 : 1)));
}
