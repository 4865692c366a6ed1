import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { expectRebootTruths } from './reboot-invariants.ts';
import { playReboots, type RebootPlay } from './reboot-run.ts';
import { rebootSchedules } from './reboot-schedule.ts';

/** More in all, or another seed: `TEST_RUNS=5000 TEST_SEED=7 npx vitest run test/properties/reboots.test.ts`. */
const SCHEDULES = Number(process.env['TEST_RUNS'] ?? 120);
const SEED = Number(process.env['TEST_SEED'] ?? 20261124);
// Most of a schedule is waiting, so several are played side by side.
const LANES = 12;
const numRuns = Math.ceil(SCHEDULES / LANES);

const told = { schedules: 0, deliveries: 0, instances: 0, calls: 0, faults: 0, thrown: 0 };

function tell({ ids, runs }: RebootPlay): void {
  const calls = runs.flatMap((run) => run.calls);
  told.schedules += 1;
  told.deliveries += runs.length;
  told.instances += ids.length;
  told.calls += calls.length;
  told.faults += calls.filter(({ fault, status = 0 }) => fault !== undefined || status >= 400).length;
  told.thrown += runs.filter(({ thrown }) => thrown).length;
}

afterAll(() => {
  console.log(`reboot schedules, seed ${SEED}:`, JSON.stringify(told));
});

describe.concurrent('however often a message is delivered, and whatever ECS does', () => {
  it.each(Array.from({ length: LANES }, (_, lane) => lane))(
    'what is said is so, no restart is lost, and nothing that has restarted is rebooted again (lane %i)',
    async (lane) => {
      const property = fc.asyncProperty(rebootSchedules, async (schedule) => {
        const play = await playReboots(schedule);
        tell(play);
        expectRebootTruths(play);
      });
      await fc.assert(property, { numRuns, seed: SEED + lane });
      expect(told.schedules).toBeGreaterThan(0);
    },
    3_600_000,
  );
});
