import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, post } from '../../support/bundled-cloud.ts';
import { completing } from '../../support/completing.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const { ids, restarted, most } = completing(() => cloud);
const fast = { IntervalSeconds: 0 };

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
