import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { ABSENT } from '../../../local-cloud/ecs/assistant/agent.ts';
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

/** The tasks of waves of two that watch, before any of them is due. */
async function queued(waves: number) {
  await rollOut({ BatchSize: 2, MaxErrors: 0, HealthTimeoutSeconds: 60 });
  const tasks = rebootTasks(cloud);
  expect(tasks).toHaveLength(waves);
  return tasks.toSorted((a, b) => a.delaySeconds - b.delaySeconds);
}

/** As if FC had lost it. */
async function stop(taskId: string) {
  const { body } = await post(cloud, { StopTasks: [taskId], RegionId: undefined, KeyPairName: undefined });
  expect(body).toMatchObject({ FailCount: '0' });
}

const reboots = () => cloud.ecs.instances().map((instance) => instance.reboots.length);
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
  });

  it.each([
    ['twice', { count: 2, gapSeconds: 0 }],
    ['twice and out of order', { count: 2, gapSeconds: 700 }],
  ])(
    'restarts nothing twice when every message is delivered %s',
    async (_, deliveries) => {
      cloud = await bundledCloud({ instances: fleet(25), reboot: { deliveries, maxInstances: 1 } });
      await rollOut({ BatchSize: 5, MaxErrors: 1 });
      await cloud.fc.drain();
      expect(reboots()).toEqual(Array(25).fill(1));
      expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(6);
      expect(cloud.fc.failures).toEqual([]);
    },
    60_000,
  );

  it('begins nothing after a message that was lost, and says so when it was the first', async () => {
    for (const [lost, done, failures] of [
      [2, 4, 0],
      [0, 0, 1],
    ] as const) {
      cloud = await bundledCloud({ instances: fleet(10) });
      const { id } = (await queued(5))[lost] ?? {};
      await stop(String(id));
      await cloud.fc.drain();
      expect([restarted().length, cloud.fc.failures.length]).toEqual([done, failures]);
      await cloud.stop();
    }
  });

  it('takes fourteen hours when it is told to, each wave at its time', async () => {
    cloud = await bundledCloud({ instances: fleet(30) });
    const startedAt = cloud.clock.now();
    await rollOut({ BatchSize: 2, MaxErrors: 0, IntervalSeconds: 3_600 });
    await cloud.fc.drain();
    expect(reboots()).toEqual(Array(30).fill(1));
    const hours = cloud.ecs
      .instances()
      .map((instance) => ((instance.reboots[0]?.requestedAt ?? 0) - startedAt) / 3_600_000);
    for (const [k, hour] of hours.entries()) expect(hour - Math.floor(k / 2)).toBeCloseTo(0, 1);
    expect(cloud.fc.failures).toEqual([]);
  });

  it('goes on through slow waves, however far behind their times they fall', async () => {
    const slow = fleet(12).map((seed) => ({ ...seed, rebootSeconds: 500 }));
    cloud = await bundledCloud({ instances: slow });
    await rollOut({ BatchSize: 2, MaxErrors: 0, IntervalSeconds: 0 });
    await cloud.fc.drain();
    expect(reboots()).toEqual(Array(12).fill(1));
    expect(cloud.maxDownAtOnce()).toBe(2);
    expect(cloud.fc.failures).toEqual([]);
  });

  it('counts the errors of all waves together, in a percentage of a wave too', async () => {
    cloud = await bundledCloud({ instances: fleet(25, [0, 5, 10]) });
    await rollOut({ BatchSize: 5, MaxErrors: '45%', HealthTimeoutSeconds: 60 });
    await cloud.fc.drain();
    expect(restarted()).toHaveLength(15);
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(7);
    expect(cloud.fc.failures).toHaveLength(1);
  });

  it.each([2, 5, '100%'])('never stops for a number that no wave can exceed: %s', async (MaxErrors) => {
    cloud = await bundledCloud({ instances: fleet(6, [0, 1]) });
    await rollOut({ BatchSize: 2, MaxErrors });
    await cloud.fc.drain();
    expect(restarted()).toHaveLength(6);
  });

  it('waits for agents, and halts for one that stays silent', async () => {
    cloud = await bundledCloud({ instances: fleet(6) });
    cloud.ecs.assistant.setAgent(ids()[2] ?? '', ABSENT);
    await rollOut({ BatchSize: 2, MaxErrors: 0, HealthTimeoutSeconds: 300, Ready: 'CloudAssistant' });
    await cloud.fc.drain();
    expect(restarted()).toHaveLength(4);
    expect(cloud.fc.failures).toHaveLength(1);
    expect(cloud.fc.failures[0]?.responsePayload).toContain(ids()[2]);
  });

  it('takes stopped and missing instances for back', async () => {
    cloud = await bundledCloud({ instances: fleet(6) });
    await queued(3);
    cloud.ecs.setStatus(ids()[0] ?? '', 'Stopped');
    await cloud.fc.drain();
    expect(reboots()).toEqual([0, 1, 1, 1, 1, 1]);
  });

  it('halts where nothing can be read, and leaves nothing out', async () => {
    cloud = await bundledCloud({ instances: fleet(4) });
    await queued(2);
    cloud.ecs.permissions.deny('DescribeInstances');
    await cloud.fc.drain();
    expect(restarted()).toEqual([]);
    expect(cloud.fc.failures.length).toBeGreaterThan(0);
  });

  it('restarts nothing before NotBefore, and at once when that has passed', async () => {
    cloud = await bundledCloud({ instances: fleet(2) });
    const at = cloud.clock.now() + 5 * 3_600_000;
    await rollOut({ BatchSize: 1, NotBefore: new Date(at).toISOString() });
    await cloud.fc.drain();
    const [first, second] = cloud.ecs.instances().map((instance) => instance.reboots[0]?.requestedAt ?? 0);
    expect(first).toBeGreaterThanOrEqual(at);
    expect(first).toBeLessThan(at + 10_000);
    expect(second).toBeGreaterThanOrEqual(at + 120_000);

    cloud.clock.advance(3_600_000);
    for (const id of ids()) cloud.ecs.bind(id, cloud.keyPairName);
    const { Reboot } = await rollOut({ BatchSize: 2, NotBefore: new Date(at).toISOString() });
    expect(Reboot).toMatchObject({ Tasks: [{ DelaySeconds: '0' }] });
  });
});
