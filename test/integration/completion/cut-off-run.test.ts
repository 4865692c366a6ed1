import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, post } from '../../support/bundled-cloud.ts';
import { completing } from '../../support/completing.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const { ids, restarted, most, killAfter, cutOff } = completing(() => cloud);
const fast = { IntervalSeconds: 0 };

describe('a run that is cut off', () => {
  it.each([
    ['fc3', { Filter: {} }],
    ['fc3', {}],
    ['fc2', { Filter: {} }],
    ['fc2', {}],
  ] as const)(
    'is finished by its completion: nothing stays bound, every instance restarts once: %s %j',
    async (edition, target) => {
      cloud = await bundledCloud({
        instances: 600,
        latencyMs: 20,
        edition,
        detach: { environment: { DETACH_CONCURRENCY: '2' } },
      });
      killAfter(6);
      await cutOff({
        InstanceIds: ids(),
        ...target,
        ...('Filter' in target && { InstanceIds: undefined }),
        Reboot: fast,
        ClientToken: 'leak',
      });
      expect(cloud.ecs.bound().length).toBeGreaterThan(0);
      expect(cloud.ecs.bound().length).toBeLessThan(600);
      expect(restarted()).toEqual([]);
      await cloud.fc.drain();
      expect([cloud.ecs.bound(), restarted().length, most()]).toEqual([[], 600, 1]);
      expect(cloud.fc.failures).toEqual([]);
    },
  );

  it.each([{ Filter: {} }, {}])(
    'is finished by the same request, which counts all of its instances: %j',
    async (target) => {
      cloud = await bundledCloud({
        instances: 300,
        latencyMs: 20,
        detach: { environment: { DETACH_CONCURRENCY: '2' } },
      });
      const fields = { ...('Filter' in target ? target : { InstanceIds: ids() }), Reboot: fast, ClientToken: 'leak' };
      killAfter(4);
      await cutOff(fields);
      const { status, body } = await post(cloud, fields);
      expect([status, body.TotalCount, body.FailCount]).toEqual([200, '300', '0']);
      expect(recordOf(body['Reboot'])).toMatchObject({ TotalCount: '300', FailCount: '0' });
      await cloud.fc.drain();
      expect([cloud.ecs.bound(), restarted().length, most()]).toEqual([[], 300, 1]);
      expect(cloud.fc.failures).toEqual([]);
    },
  );

  it('is finished by the same request where nothing is left for it to find', async () => {
    cloud = await bundledCloud({ instances: 100, detach: { environment: { DETACH_CONCURRENCY: '1' } } });
    cloud.ecs.onCall('DetachKeyPair', ({ number }) => {
      if (number < 2) return undefined;
      cloud.fc.killRunning('detach-key-pair');
      return { kind: 'reset', applied: true };
    });
    const fields = { Filter: {}, Reboot: fast, ClientToken: 'leak' };
    await cutOff(fields);
    expect(cloud.ecs.bound()).toEqual([]);
    const { body } = await post(cloud, fields);
    expect([body.TotalCount, body.FailCount, recordOf(body['Reboot'])['TotalCount']]).toEqual(['100', '0', '100']);
    await cloud.fc.drain();
    expect([restarted().length, most()]).toEqual([100, 1]);
  });

  it.each([{ Filter: {} }, {}])('is not taken for nothing where its record cannot be read: %j', async (target) => {
    cloud = await bundledCloud({ instances: 3 });
    const all = ids();
    for (const id of all) cloud.ecs.bind(id, undefined);
    cloud.ecs.keyPairs.add('leaked-key');
    cloud.fc.onTaskCall('GetAsyncTask', () => ({ kind: 'answer', status: 403, code: 'AccessDenied' }));
    const fields = { ...('Filter' in target ? target : { InstanceIds: all }), Reboot: fast, ClientToken: 'leak' };
    const { status, body } = await post(cloud, fields);
    expect([status, body.FailCount, body['Completion']]).toEqual([200, '0', 'Failed']);
    const event = { RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, ...fields };
    const { errorType } = await cloud.fc.invoke('detach-key-pair', event);
    expect(errorType).toBe('UnhandledInvocationError');
  });

  it('is finished by functions whose clocks are a minute and a half behind', async () => {
    cloud = await bundledCloud({ instances: 150, latencyMs: 20, switches: { clockLagSeconds: 90 } });
    killAfter(2);
    await cutOff({ InstanceIds: ids(), Reboot: fast });
    await cloud.fc.drain();
    expect([cloud.ecs.bound(), restarted().length, most(), cloud.fc.failures]).toEqual([[], 150, 1, []]);
  });

  it('of an event is finished when FC starts it again', async () => {
    cloud = await bundledCloud({ instances: 200, latencyMs: 20, detach: { environment: { DETACH_CONCURRENCY: '2' } } });
    killAfter(2);
    const event = { RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, InstanceIds: ids(), Reboot: fast };
    await cloud.fc.invoke('detach-key-pair', event, { async: true });
    await cloud.fc.drain();
    expect([cloud.ecs.bound(), restarted().length, most()]).toEqual([[], 200, 1]);
    expect(cloud.fc.failures).toEqual([]);
  });

  it('with Continue but no Reboot detaches what was not reached', async () => {
    cloud = await bundledCloud({ instances: 200, latencyMs: 20, detach: { environment: { DETACH_CONCURRENCY: '1' } } });
    killAfter(2);
    await cutOff({ InstanceIds: ids(), Continue: true });
    await cloud.fc.drain();
    expect([cloud.ecs.bound(), restarted()]).toEqual([[], []]);
  });

  it('keeps the pace of the waves that it asked for', async () => {
    cloud = await bundledCloud({ instances: 200, latencyMs: 20, detach: { environment: { DETACH_CONCURRENCY: '2' } } });
    killAfter(3);
    await cutOff({ InstanceIds: ids(), Reboot: { BatchSize: 20, IntervalSeconds: 90 } });
    await cloud.fc.drain();
    expect([restarted().length, most()]).toEqual([200, 1]);
    expect(cloud.maxDownAtOnce()).toBe(20);
  });

  it('restarts no instance that never had the key pair', async () => {
    cloud = await bundledCloud({ instances: 150, latencyMs: 20, detach: { environment: { DETACH_CONCURRENCY: '1' } } });
    cloud.ecs.add([{ keyPairName: null }, { keyPairName: 'other-key' }]);
    const others = ids().slice(150);
    const fields = { InstanceIds: [...others, ...ids()], Reboot: fast, ClientToken: 'leak' };
    killAfter(2);
    await cutOff(fields);
    await post(cloud, fields);
    await cloud.fc.drain();
    await post(cloud, fields);
    await cloud.fc.drain();
    expect(restarted()).toEqual(ids().slice(0, 150));
    expect(most()).toBe(1);
  });

  it.each([
    ['is not permitted', 403, 'Forbidden.RAM'],
    ['gets no answer in time', 503, 'ServiceUnavailable'],
  ])(
    'restarts none that its record does not name, where describing %s in the run after it',
    async (_, status, code) => {
      cloud = await bundledCloud({
        instances: 100,
        latencyMs: 20,
        detach: { timeoutSeconds: 9, environment: { DETACH_CONCURRENCY: '1' } },
      });
      cloud.ecs.add([{ keyPairName: null }, { keyPairName: 'other-key' }]);
      const had = ids().slice(0, 100);
      const fields = { InstanceIds: ids().toReversed(), Reboot: fast, ClientToken: 'leak' };
      killAfter(1);
      await cutOff(fields);
      cloud.ecs.onCall('DescribeInstances', () => ({ kind: 'answer', status, code }));
      const { body } = await post(cloud, fields);
      expect([body.TotalCount, body.FailCount]).toEqual(['102', '0']);
      cloud.ecs.onCall('DescribeInstances', undefined);
      await cloud.fc.drain();
      expect(restarted()).toEqual(had);
      const undescribed = cloud.fc.logs('detach-key-pair').filter((line) => line.includes('instances not described'));
      expect(undescribed.map((line) => JSON.parse(line))).toEqual([
        expect.objectContaining({ level: 'warn', instances: 102, code }),
      ]);
    },
  );

  it('names at onFailure what its completion could not detach', async () => {
    cloud = await bundledCloud({ instances: 150, latencyMs: 20, detach: { environment: { DETACH_CONCURRENCY: '1' } } });
    const [, denied = ''] = ids().slice(100);
    cloud.ecs.permissions.denyInstances([denied], 'DetachKeyPair');
    killAfter(2);
    await cutOff({ InstanceIds: ids(), Reboot: fast });
    await cloud.fc.drain();
    expect(cloud.ecs.bound()).toEqual([denied]);
    expect(restarted()).toHaveLength(149);
    expect(cloud.fc.failures).toHaveLength(1);
    expect(JSON.stringify(cloud.fc.failures)).toContain(denied);
  });
});
