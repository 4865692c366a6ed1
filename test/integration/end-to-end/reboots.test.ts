import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { bundledCloud, post, rebootCalls, rebootTasks, spoilReboots } from '../../support/bundled-cloud.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

type Task = { TaskId: string; InstanceIds: string[]; DelaySeconds: string; Status: string; Code?: string };
type RebootSection = { TotalCount: string; FailCount: string; Tasks: Task[] };

const ids = () => cloud.ecs.instances().map(({ instanceId }) => instanceId);
const reboots = () => cloud.ecs.instances().map((instance) => instance.reboots.length);
const tally = (numbers: number[]) =>
  Object.fromEntries([...new Set(numbers)].map((n) => [n, numbers.filter((m) => m === n).length]));

async function detachAndReboot(fields: object = {}) {
  const { status, body } = await post(cloud, { InstanceIds: ids(), Reboot: { IntervalSeconds: 0 }, ...fields });
  return { status, body, reboot: readReboot(body['Reboot']) };
}

function readReboot(value: unknown): RebootSection {
  expect(value).toMatchObject({
    TotalCount: expect.any(String),
    FailCount: expect.any(String),
    Tasks: expect.any(Array),
  });
  return JSON.parse(JSON.stringify(value));
}

describe('a detach with reboots', () => {
  it.each(['fc3', 'fc2'] as const)(
    'queues one task for 100 instances and reboots each instance once: %s',
    async (edition) => {
      cloud = await bundledCloud({ instances: 250, edition });
      const { status, body, reboot } = await detachAndReboot({ Reboot: { IntervalSeconds: 30 } });
      expect([status, body.FailCount, reboot.TotalCount, reboot.FailCount]).toEqual([200, '0', '250', '0']);
      expect(
        reboot.Tasks.map(({ InstanceIds, DelaySeconds, Status }) => [InstanceIds.length, DelaySeconds, Status]),
      ).toEqual([
        [100, '0', 'Enqueued'],
        [100, '30', 'Enqueued'],
        [50, '60', 'Enqueued'],
      ]);
      expect(reboot.Tasks.flatMap(({ InstanceIds }) => InstanceIds)).toEqual(ids());
      await cloud.fc.drain();
      expect(tally(reboots())).toEqual({ 1: 250 });
      expect(rebootTasks(cloud).map(({ status: taskStatus }) => taskStatus)).toEqual([
        'Succeeded',
        'Succeeded',
        'Succeeded',
      ]);
    },
  );

  it('leaves nothing to reboot when nothing was detached', async () => {
    cloud = await bundledCloud({ instances: 1 });
    cloud.ecs.switches.badInstance = 'item';
    const { reboot } = await detachAndReboot({ InstanceIds: ['i-bp1nosuch'] });
    expect(reboot).toEqual({ TotalCount: '0', FailCount: '0', Tasks: [] });
  });

  it('never has more instances down at once than a wave is large', async () => {
    cloud = await bundledCloud({ instances: 100, rebootSeconds: 20 });
    const { reboot } = await detachAndReboot({ Reboot: { BatchSize: 20, IntervalSeconds: 30 } });
    expect(reboot.Tasks.map(({ DelaySeconds }) => DelaySeconds)).toEqual(['0', '30', '60', '90', '120']);
    await cloud.fc.drain();
    expect(tally(reboots())).toEqual({ 1: 100 });
    expect(cloud.maxDownAtOnce()).toBe(20);
  });

  it('says Duplicate when the same request comes again with its token, and reboots nothing a second time', async () => {
    cloud = await bundledCloud({ instances: 120 });
    const fields = { ClientToken: 'leak-1' };
    const first = await detachAndReboot(fields);
    expect(first.reboot.Tasks.map(({ Status }) => Status)).toEqual(['Enqueued', 'Enqueued']);
    const second = await detachAndReboot(fields);
    expect(second.reboot.Tasks.map(({ Status }) => Status)).toEqual(['Duplicate', 'Duplicate']);
    expect(second.reboot.Tasks.map(({ TaskId }) => TaskId)).toEqual(first.reboot.Tasks.map(({ TaskId }) => TaskId));
    expect(second.reboot.FailCount).toBe('0');
    await cloud.fc.drain();
    expect(tally(reboots())).toEqual({ 1: 120 });
  });

  it.each([
    [18_000, 5],
    [86_400, 24],
  ])('that may begin in %i s begins no sooner, by tasks that wait for an hour each', async (DelaySeconds, tasks) => {
    cloud = await bundledCloud({ instances: 3 });
    const detachedAt = cloud.clock.now();
    const { reboot } = await detachAndReboot({ Reboot: { DelaySeconds } });
    expect(reboot.Tasks).toMatchObject([{ DelaySeconds: String(DelaySeconds), Status: 'Enqueued' }]);
    await cloud.fc.drain();
    expect(tally(reboots())).toEqual({ 1: 3 });
    const [call] = cloud.ecs.callsOf('RebootInstances');
    expect(call?.at).toBeGreaterThanOrEqual(detachedAt + DelaySeconds * 1_000);
    expect(call?.at).toBeLessThan(detachedAt + DelaySeconds * 1_000 + 60_000);
    // One before the detach, one before the reboot.
    expect(cloud.ecs.callsOf('DescribeInstances')).toHaveLength(2);
    expect(rebootTasks(cloud).map(({ status }) => status)).toEqual(Array.from({ length: tasks }, () => 'Succeeded'));
  });

  it('of any number restarts 100 every two minutes when nothing else is said', async () => {
    cloud = await bundledCloud({ instances: 250 });
    const { body } = await post(cloud, { Filter: {}, Reboot: true });
    const { Tasks } = readReboot(body['Reboot']);
    expect(Tasks.map(({ InstanceIds, DelaySeconds }) => [InstanceIds.length, DelaySeconds])).toEqual([
      [100, '0'],
      [100, '120'],
      [50, '240'],
    ]);
  });

  it('names the instances of a task that could not be queued, and loses no other', async () => {
    cloud = await bundledCloud({ instances: 250 });
    cloud.fc.onCall('InvokeFunction', ({ taskId }) =>
      rebootCalls(cloud).findIndex((call) => call.taskId === taskId) === 1
        ? { kind: 'answer', status: 403, code: 'AccessDenied', message: 'no' }
        : undefined,
    );
    const { status, body, reboot } = await detachAndReboot();
    expect([status, body.FailCount, reboot.FailCount]).toEqual([
      200,
      '0',
      String(reboot.Tasks.filter(({ Status }) => Status === 'Failed').flatMap(({ InstanceIds }) => InstanceIds).length),
    ]);
    const failed = reboot.Tasks.filter(({ Status }) => Status === 'Failed');
    expect(failed.map(({ Code }) => Code)).toEqual(['AccessDenied']);
    await cloud.fc.drain();
    const down = ids().filter((id) => cloud.ecs.instance(id).reboots.length === 0);
    expect(down).toEqual(failed.flatMap(({ InstanceIds }) => InstanceIds));
  });

  it("takes FC's 409 to its own repeat for what it is: queued", async () => {
    cloud = await bundledCloud({ instances: 10 });
    spoilReboots(cloud, [{ kind: 'reset', applied: true }]);
    const { reboot } = await detachAndReboot();
    expect(reboot.Tasks.map(({ Status }) => Status)).toEqual(['Enqueued']);
    expect(rebootCalls(cloud).length).toBe(2);
    await cloud.fc.drain();
    expect(tally(reboots())).toEqual({ 1: 10 });
  });
});

describe('a reboot message', () => {
  it('delivered three times, a minute apart, reboots each instance once', async () => {
    cloud = await bundledCloud({
      instances: 120,
      reboot: { deliveries: { count: 3, gapSeconds: 60 } },
    });
    await detachAndReboot();
    await cloud.fc.drain();
    expect(
      rebootTasks(cloud)
        .map(({ attempts }) => attempts)
        .every((attempts) => attempts >= 3),
    ).toBe(true);
    expect(tally(reboots())).toEqual({ 1: 120 });
  });

  it('delivered twice at once loses nothing', async () => {
    cloud = await bundledCloud({
      instances: 50,
      rebootSeconds: 30,
      clock: { speed: 60 },
      reboot: { deliveries: { count: 2, gapSeconds: 0 } },
    });
    await detachAndReboot();
    await cloud.fc.drain();
    expect(Math.min(...reboots())).toBeGreaterThanOrEqual(1);
    expect(Math.max(...reboots())).toBeLessThanOrEqual(2);
  });

  it('of a run that was killed half way is run again for those that are left', async () => {
    cloud = await bundledCloud({ instances: 60, rebootSeconds: 90, clock: { speed: 60 } });
    let calls = 0;
    cloud.ecs.onCall('RebootInstances', () => (calls++ === 0 ? { kind: 'hang', applied: true } : undefined));
    const begun = cloud.fc.begun('reboot-instances');
    await detachAndReboot();
    await begun;
    while (cloud.ecs.callsOf('RebootInstances').length === 0) await new Promise(setImmediate);
    expect(cloud.fc.killRunning('reboot-instances')).toBe(1);
    await cloud.fc.drain();
    expect(tally(reboots())).toEqual({ 1: 60 });
  });

  it('leaves alone the stopped, those started since, and those gone', async () => {
    cloud = await bundledCloud({ instances: 4 });
    const [stopped = '', restarted = '', between = '', plain = ''] = ids();
    await detachAndReboot({ Reboot: { DelaySeconds: 120 } });
    cloud.ecs.setStatus(stopped, 'Stopped');
    cloud.ecs.setStatus(restarted, 'Stopped');
    cloud.clock.advance(61_000);
    cloud.ecs.setStatus(restarted, 'Running');
    cloud.ecs.setStatus(between, 'Starting');
    cloud.clock.advance(60_000);
    await cloud.fc.begun('reboot-instances');
    cloud.ecs.setStatus(between, 'Running');
    await cloud.fc.drain();
    expect([stopped, restarted, plain].map((id) => cloud.ecs.instance(id).reboots.length)).toEqual([0, 0, 1]);
  });

  it('is not acted on when the switch is off, and nothing is thrown', async () => {
    cloud = await bundledCloud({ instances: 3, reboot: { environment: { REBOOTS_DISABLED: 'true' } } });
    await detachAndReboot();
    await cloud.fc.drain();
    expect(tally(reboots())).toEqual({ 0: 3 });
    expect(cloud.fc.failures).toEqual([]);
  });

  it('reaches onFailure as the answer when it is off an allow-list', async () => {
    cloud = await bundledCloud({ instances: 2, reboot: { environment: { ALLOWED_KEY_PAIRS: 'other' } } });
    await detachAndReboot();
    await cloud.fc.drain();
    expect(tally(reboots())).toEqual({ 0: 2 });
    expect(cloud.fc.failures).toHaveLength(1);
    expect(JSON.stringify(cloud.fc.failures)).toContain('Forbidden.KeyPairName');
  });
});
