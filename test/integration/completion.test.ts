import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { bundledCloud, post, rebootTasks } from '../support/bundled-cloud.ts';
import { detaching, request } from '../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const ids = () => cloud.ecs.instances().map(({ instanceId }) => instanceId);
const restarted = () => ids().filter((id) => cloud.ecs.instance(id).reboots.length > 0);
const most = () => Math.max(...cloud.ecs.instances().map(({ reboots }) => reboots.length));
const completions = () => cloud.fc.tasks.filter(({ id }) => id.startsWith('complete-'));
const fast = { IntervalSeconds: 0 };

/** Kills the function in the middle: as soon as it has made so many calls of DetachKeyPair. */
function killAfter(calls: number): void {
  cloud.ecs.onCall('DetachKeyPair', ({ number }) => {
    if (number === calls) setImmediate(() => cloud.fc.killRunning('detach-key-pair'));
    return undefined;
  });
}

/** The request of a caller who does not see an answer. */
async function cutOff(fields: object): Promise<void> {
  const { status } = await post(cloud, fields).catch(() => ({ status: 0 }));
  expect(status).not.toBe(200);
  cloud.ecs.onCall('DetachKeyPair', undefined);
}

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

describe('a run that ends', () => {
  it('takes its completion out of the queue', async () => {
    cloud = await bundledCloud({ instances: 3 });
    const { body } = await post(cloud, { InstanceIds: ids(), Reboot: true });
    expect([body['Completion'], body['CompletionTaskIds']]).toEqual([undefined, undefined]);
    expect(completions().map(({ status }) => status)).toEqual(['Stopped']);
  });

  it.each([{}, { DryRun: true, Reboot: true }])('has none where nothing would be owed: %j', async (fields) => {
    cloud = await bundledCloud({ instances: 3 });
    await post(cloud, { InstanceIds: ids(), ...fields });
    expect(cloud.fc.tasks).toEqual([]);
  });

  it.each(['refused', 'ignored'] as const)(
    'leaves one that could not be stopped nothing to do: %s',
    async (stopOfWaiting) => {
      cloud = await bundledCloud({ instances: 150, switches: { stopOfWaiting } });
      await post(cloud, { InstanceIds: ids(), Reboot: { IntervalSeconds: 600 } });
      await cloud.fc.drain();
      expect(completions().map(({ status, attempts }) => [status, attempts])).toEqual([['Succeeded', 1]]);
      expect([restarted().length, most()]).toEqual([150, 1]);
    },
  );

  it('lets it finish what could not be queued', async () => {
    cloud = await bundledCloud({ instances: 3 });
    cloud.fc.onCall('InvokeFunction', ({ function: name }) =>
      name === 'reboot-instances' ? { kind: 'answer', status: 403, code: 'AccessDenied' } : undefined,
    );
    const { body } = await post(cloud, { InstanceIds: ids(), Reboot: true });
    expect(recordOf(body['Reboot'])['FailCount']).toBe('3');
    expect(body['CompletionTaskIds']).toEqual(completions().map(({ id }) => id));
    cloud.fc.onCall('InvokeFunction', undefined);
    await cloud.fc.drain();
    expect([restarted().length, most()]).toEqual([3, 1]);
  });

  it('says so, and detaches all the same, where it cannot be queued', async () => {
    cloud = await bundledCloud({ instances: 3 });
    cloud.fc.onCall('InvokeFunction', ({ function: name }) =>
      name === 'detach-key-pair' ? { kind: 'answer', status: 403, code: 'AccessDenied' } : undefined,
    );
    const { status, body, lines } = await detaching(cloud)(request(ids(), { Reboot: true }));
    expect([status, body.FailCount, body['Completion']]).toEqual([200, '0', 'Failed']);
    expect(lines).toContainEqual(expect.objectContaining({ event: 'completion not queued', code: 'AccessDenied' }));
    expect(rebootTasks(cloud)).toHaveLength(1);
  });
});

describe('an instance that runs Windows', () => {
  it('never had a key pair, and is not restarted, when the answer to its call is lost', async () => {
    cloud = await bundledCloud({ instances: 2 });
    const had = ids();
    cloud.ecs.add([{ osType: 'windows', keyPairName: null }]);
    const windows = ids().find((id) => !had.includes(id)) ?? '';
    cloud.ecs.onCall('DetachKeyPair', ({ number }) => (number === 1 ? { kind: 'reset', applied: true } : undefined));
    const { body, item } = await post(cloud, { InstanceIds: ids(), Reboot: fast });
    expect([body.FailCount, item(windows)]).toEqual([
      '1',
      expect.objectContaining({ Success: 'false', Code: 'DependencyViolation.WindowsInstance' }),
    ]);
    await cloud.fc.drain();
    expect(restarted()).toEqual(had);
  });
});

describe('the same request again', () => {
  it('restarts what the kill switch has kept from restarting', async () => {
    const environment = { REBOOTS_DISABLED: 'true' };
    cloud = await bundledCloud({ instances: 3, reboot: { environment } });
    const fields = { InstanceIds: ids(), Reboot: true, ClientToken: 'leak' };
    await post(cloud, fields);
    await cloud.fc.drain();
    expect(restarted()).toEqual([]);
    cloud.fc.configure('reboot-instances', { REBOOTS_DISABLED: 'false' });
    const { body } = await post(cloud, fields);
    expect(recordOf(body['Reboot'])).toMatchObject({ TotalCount: '3', Tasks: [{ Status: 'Enqueued' }] });
    await cloud.fc.drain();
    expect([restarted().length, most()]).toEqual([3, 1]);
  });

  it('queues what has failed, and restarts nothing twice', async () => {
    cloud = await bundledCloud({ instances: 150, clock: { speed: 60 } });
    const fields = { InstanceIds: ids(), Reboot: fast, ClientToken: 'leak' };
    const [locked = ''] = ids();
    cloud.ecs.permissions.denyInstances([locked], 'RebootInstances');
    await post(cloud, fields);
    await cloud.fc.drain();
    expect(cloud.fc.failures).toHaveLength(1);
    cloud.ecs.permissions.allowInstances([locked], 'RebootInstances');
    await post(cloud, fields);
    await cloud.fc.drain();
    expect([restarted().length, most()]).toEqual([150, 1]);
  });

  it('has nothing to do where all has restarted', async () => {
    cloud = await bundledCloud({ instances: 3 });
    const fields = { InstanceIds: ids(), Reboot: true, ClientToken: 'leak' };
    cloud.clock.advance(60_000);
    await post(cloud, fields);
    await cloud.fc.drain();
    cloud.clock.advance(180_000);
    const { body } = await post(cloud, fields);
    expect([body.TotalCount, body.FailCount, recordOf(body['Reboot'])['TotalCount']]).toEqual(['3', '0', '0']);
    await cloud.fc.drain();
    expect(most()).toBe(1);
  });
});

describe('DetachedSince', () => {
  it('restarts what has not restarted since, and detaches what still has the key pair', async () => {
    cloud = await bundledCloud({ instances: 5 });
    const [bound = '', stopped = '', up = '', done = '', late = ''] = ids();
    const since = cloud.clock.now();
    for (const id of [stopped, up, done, late]) cloud.ecs.bind(id, undefined);
    cloud.ecs.setStatus(stopped, 'Stopped');
    cloud.ecs.setStatus(done, 'Stopped');
    cloud.clock.advance(61_000);
    cloud.ecs.setStatus(done, 'Running');
    cloud.ecs.bind(late, 'new-key');
    const { body, item } = await post(cloud, {
      InstanceIds: [...ids(), 'i-bp1nosuch'],
      Reboot: true,
      DetachedSince: new Date(since).toISOString(),
    });
    expect([body.TotalCount, body.FailCount]).toEqual(['6', '1']);
    expect(item('i-bp1nosuch')?.Success).toBe('false');
    expect(rebootTasks(cloud).map(({ payload }) => JSON.parse(payload).InstanceIds)).toEqual([[bound, up, late]]);
    await cloud.fc.drain();
    expect(restarted()).toEqual([bound, up, late]);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('may be sent again: what waits is not queued twice', async () => {
    cloud = await bundledCloud({ instances: 250 });
    for (const id of ids()) cloud.ecs.bind(id, undefined);
    const fields = {
      InstanceIds: ids(),
      Reboot: { IntervalSeconds: 300, DelaySeconds: 300 }, // none begins before the second request
      DetachedSince: new Date(cloud.clock.now() - 60_000).toISOString(),
      ClientToken: 'finish',
    };
    await post(cloud, fields);
    const again = await post(cloud, fields);
    expect(recordOf(again.body['Reboot'])).toMatchObject({ FailCount: '0' });
    expect(rebootTasks(cloud)).toHaveLength(3);
    await cloud.fc.drain();
    expect([restarted().length, most()]).toEqual([250, 1]);
  });

  it('restarts what was detached days ago', async () => {
    cloud = await bundledCloud({ instances: 3 });
    for (const id of ids()) cloud.ecs.bind(id, undefined);
    await post(cloud, {
      InstanceIds: ids(),
      Reboot: { DelaySeconds: 86_400 },
      DetachedSince: new Date(cloud.clock.now() - 5 * 86_400_000).toISOString(),
    });
    await cloud.fc.drain();
    expect(cloud.fc.failures).toEqual([]);
  });

  it.each([
    [{ Filter: {}, InstanceIds: undefined }, 'DetachedSince'],
    [{ DryRun: true }, 'DetachedSince'],
    [{ DetachedSince: 'yesterday' }, 'DetachedSince'],
    [{ DetachedSince: '2026-02-30T00:00:00Z' }, 'DetachedSince'],
    [{ DetachedSince: new Date(Date.now() + 3_600_000).toISOString() }, 'DetachedSince'],
  ])('is refused with %j', async (fields, word) => {
    cloud = await bundledCloud({ instances: 1 });
    const { status, body } = await post(cloud, {
      InstanceIds: ids(),
      DetachedSince: '2026-11-24T08:21:31Z',
      ...fields,
    });
    expect([status, body.Code]).toEqual([400, 'InvalidParameter']);
    expect(body.Message).toContain(word);
  });
});

describe('with ALLOWED_KEY_PAIRS', () => {
  const bounded = { detach: { environment: { ALLOWED_KEY_PAIRS: 'leaked-*' } } };

  it('an instance that has another key pair is not restarted by DetachedSince', async () => {
    cloud = await bundledCloud({ instances: 3, ...bounded });
    const [other = '', none = '', allowed = ''] = ids();
    cloud.ecs.bind(other, 'prod-key');
    cloud.ecs.bind(none, undefined);
    cloud.ecs.bind(allowed, 'leaked-key-2');
    const since = new Date(cloud.clock.now() - 60_000).toISOString();
    await post(cloud, { InstanceIds: ids(), Reboot: { ForceReboot: true }, DetachedSince: since });
    await cloud.fc.drain();
    expect(restarted()).toEqual([none, allowed]);
  });

  it('none is restarted where it cannot be seen which had the key pair, and the answer names them', async () => {
    cloud = await bundledCloud({ instances: 3, ...bounded });
    cloud.ecs.permissions.deny('DescribeInstances');
    const { body } = await post(cloud, { InstanceIds: ids(), Reboot: true });
    expect(recordOf(body['Reboot'])).toMatchObject({
      TotalCount: '3',
      FailCount: '3',
      Tasks: [{ InstanceIds: ids(), Status: 'Failed', Code: 'Forbidden.KeyPairName' }],
    });
    expect(rebootTasks(cloud)).toEqual([]);
  });
});
