import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, post, rebootTasks } from '../../support/bundled-cloud.ts';
import { completing } from '../../support/completing.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const { ids, restarted, most } = completing(() => cloud);

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
