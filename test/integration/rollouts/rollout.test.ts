import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import type { InstanceSeed } from '../../../local-cloud/ecs/instance.ts';
import { bundledCloud, post, rebootTasks } from '../../support/bundled-cloud.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const NEVER_BACK = 10_000_000;
const ids = () => cloud.ecs.instances().map(({ instanceId }) => instanceId);
const restarted = () => cloud.ecs.instances().filter(({ reboots }) => reboots.length > 0);

/** These many instances, of which those at `bad` never come back from a restart. */
function fleet(instances: number, bad: readonly number[] = []): InstanceSeed[] {
  return Array.from({ length: instances }, (_, k) => ({
    instanceId: `i-bp1rollout${String(k).padStart(11, '0')}`,
    ...(bad.includes(k) && { rebootSeconds: NEVER_BACK }),
  }));
}

async function rollOut(reboot: object, more: object = {}) {
  const { status, body } = await post(cloud, { InstanceIds: ids(), Reboot: reboot, ...more });
  expect([status, body.FailCount]).toEqual([200, '0']);
  return body;
}

const answers = () =>
  rebootTasks(cloud).flatMap(({ results }) =>
    results.map(({ payload, errorType }) => JSON.parse(errorType ? JSON.parse(payload).errorMessage : payload)),
  );
const actions = () =>
  new Set(answers().flatMap(({ Results }) => Results.Result.map(({ Action }: { Action: string }) => Action)));

describe('a rollout that watches', () => {
  it('halts when more than MaxErrors do not come back, and finishes once they are mended', async () => {
    const bad = [35, 37, 39, 41, 43, 45, 47, 49, 51, 53];
    cloud = await bundledCloud({ instances: fleet(300, bad) });
    const startedAt = new Date(cloud.clock.now()).toISOString();
    await rollOut({ BatchSize: 30, MaxErrors: 3 }, { ClientToken: 'roll-1' });
    await cloud.fc.drain();
    expect(restarted()).toHaveLength(60);
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(33);
    expect(cloud.fc.failures).toHaveLength(1);
    for (const k of bad) expect(cloud.fc.failures[0]?.responsePayload).toContain(ids()[k]);
    expect(actions()).toEqual(new Set(['Rebooted', 'Skipped.Halted']));

    for (const k of bad) cloud.ecs.setStatus(ids()[k] ?? '', 'Running');
    cloud.clock.advance(120_000);
    await rollOut({ BatchSize: 30, MaxErrors: 3 }, { ClientToken: 'roll-1', DetachedSince: startedAt });
    await cloud.fc.drain();
    expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual(Array(300).fill(1));
    expect(cloud.fc.failures).toHaveLength(1);
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(33);
  }, 120_000);
});
