import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { expectNothingOwedLost } from './owed-invariants.ts';
import { type OwedPlay, playOwed } from './owed-run.ts';
import { owedSchedules } from './owed-schedule.ts';

/** More in all, or another seed: `TEST_RUNS=1000 TEST_SEED=7 npx vitest run test/properties/owed.test.ts`. */
const SCHEDULES = Number(process.env['TEST_RUNS'] ?? 12);
const SEED = Number(process.env['TEST_SEED'] ?? 20261126);
const LANES = 4;
const numRuns = Math.ceil(SCHEDULES / LANES);

const told = { schedules: 0, instances: 0, calls: 0, killed: 0, tasks: 0, named: 0 };

function tell({ members, calls, killed, tasks, named }: OwedPlay): void {
  told.schedules += 1;
  told.instances += members.length;
  told.calls += calls;
  told.killed += killed;
  told.tasks += tasks.length;
  told.named += named.size;
}

afterAll(() => {
  console.log(`schedules with kills, seed ${SEED}:`, JSON.stringify(told));
});

describe.concurrent('wherever the runs are cut off, and whatever the services do', () => {
  it.each(Array.from({ length: LANES }, (_, lane) => lane))(
    'every detached instance is restarted, cleaned or named once the queue is empty (lane %i)',
    async (lane) => {
      const property = fc.asyncProperty(owedSchedules, async (schedule) => {
        const play = await playOwed(schedule);
        tell(play);
        expectNothingOwedLost(play);
      });
      await fc.assert(property, { numRuns, seed: SEED + lane });
      expect(told.schedules).toBeGreaterThan(0);
    },
    3_600_000,
  );
});
