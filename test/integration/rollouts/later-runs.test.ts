import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import type { InstanceSeed } from '../../../local-cloud/ecs/instance.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, post, rebootTasks } from '../../support/bundled-cloud.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const NEVER_BACK = 10_000_000;
const Reboot = { BatchSize: 100, IntervalSeconds: 0, MaxErrors: 0, HealthTimeoutSeconds: 60 };

/** Of which the first never comes back from a restart. */
function fleet(instances: number, regionId = 'cn-hangzhou', firstComesBack = false): InstanceSeed[] {
  return Array.from({ length: instances }, (_, k) => ({
    instanceId: `i-${regionId.replace('-', '')}${String(k).padStart(10, '0')}`,
    regionId,
    ...(k === 0 && !firstComesBack && { rebootSeconds: NEVER_BACK }),
  }));
}

const restarted = () => cloud.ecs.instances().filter(({ reboots }) => reboots.length > 0);
const reached = () => restarted().map(({ instanceId }) => instanceId);
const largest = () => Math.max(...cloud.fc.calls.map(({ payload }) => Buffer.byteLength(payload)));
const jobs = (kind: string) => cloud.fc.tasks.filter(({ id }) => id.startsWith(kind));

/** The run is killed as soon as it has made so many calls of DetachKeyPair. */
async function cutOff(fields: object, calls: number): Promise<void> {
  cloud.ecs.onCall('DetachKeyPair', ({ number }) => {
    if (number === calls) setImmediate(() => cloud.fc.killRunning('detach-key-pair'));
    return undefined;
  });
  const { status } = await post(cloud, fields).catch(() => ({ status: 0 }));
  expect(status).not.toBe(200);
  cloud.ecs.onCall('DetachKeyPair', undefined);
}

describe('a wave of a later run', () => {
  /** The time of the first run suffices for 250 of them. */
  async function rollOutInTwoRuns(instances: readonly InstanceSeed[]): Promise<void> {
    cloud = await bundledCloud({
      instances,
      detach: { timeoutSeconds: 8, environment: { DETACH_CONCURRENCY: '1' } },
    });
    cloud.ecs.onCall('DetachKeyPair', ({ number }) =>
      number > 5 ? { kind: 'answer', status: 400, code: 'Throttling.User' } : undefined,
    );
    const InstanceIds = instances.map(({ instanceId }) => instanceId);
    const { body } = await post(cloud, { InstanceIds, Reboot, Continue: true });
    expect(recordOf(body['Continuation'])['InstanceCount']).toBe(String(instances.length - 250));
    cloud.ecs.onCall('DetachKeyPair', undefined);
    await cloud.fc.drain();
    expect(cloud.ecs.bound()).toEqual([]);
    expect(largest()).toBeLessThan(128 * 1024);
  }

  it('is not done when one of the run before has not come back', async () => {
    await rollOutInTwoRuns(fleet(450));
    expect(restarted()).toHaveLength(100);
    expect(cloud.maxDownAtOnce()).toBe(100);
  });

  it('begins when all of them have', async () => {
    await rollOutInTwoRuns(fleet(400, 'cn-hangzhou', true));
    expect(restarted()).toHaveLength(400);
    expect(cloud.maxDownAtOnce()).toBe(100);
  });
});

describe('a wave of a completion in parts', () => {
  it('names those of the parts before its own, as far as a message can', async () => {
    cloud = await bundledCloud({ instances: fleet(6_000) });
    await cutOff({ Filter: {}, Reboot }, 1);
    const parts = jobs('complete-').map(({ payload }) => JSON.parse(payload));
    const named = (before: readonly { InstanceIds: string[] }[][]) =>
      before.map((groups) => groups.reduce((sum, { InstanceIds }) => sum + InstanceIds.length, 0));
    expect(parts.map(({ Before }) => named(Before)).slice(0, 6)).toEqual([
      [],
      [600, 100],
      [1_300, 100],
      [2_000, 100],
      [2_700, 100],
      [3_400, 100],
    ]);
    for (const { Before } of parts.slice(6)) expect(named(Before).reduce((a, b) => a + b)).toBeGreaterThan(4_000);
    expect(largest()).toBeLessThan(128 * 1024);
  });

  it('is not done when one in another region has not come back', async () => {
    cloud = await bundledCloud({ instances: [...fleet(150), ...fleet(150, 'cn-beijing')], latencyMs: 20 });
    const RegionId = ['cn-hangzhou', 'cn-beijing'];
    await cutOff({ RegionId, Filter: {}, Reboot }, 2);
    await cloud.fc.drain();
    expect(jobs('complete-')).toHaveLength(2);
    expect(reached()).toEqual(fleet(100).map(({ instanceId }) => instanceId));
  });

  it('that lies in two regions is one wave: its parts do not wait for each other', async () => {
    cloud = await bundledCloud({
      instances: [...fleet(50), ...fleet(150, 'cn-beijing', true)],
      latencyMs: 20,
    });
    await cutOff({ RegionId: ['cn-hangzhou', 'cn-beijing'], Filter: {}, Reboot }, 1);
    await cloud.fc.drain();
    const messages = rebootTasks(cloud).map(({ payload }) => JSON.parse(payload));
    const waveOf = (k: number) => {
      const id = fleet(150, 'cn-beijing')[k]?.instanceId;
      return messages.find(({ InstanceIds }) => InstanceIds[0] === id);
    };
    expect(waveOf(0)).toMatchObject({ Watch: { Before: [] } });
    expect(waveOf(50)).toMatchObject({
      Watch: { IsSecond: true, Before: [{ RegionId: 'cn-hangzhou' }, { RegionId: 'cn-beijing' }] },
    });
    expect(reached()).toHaveLength(100);
  });
});
