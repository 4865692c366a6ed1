import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, post, rebootTasks } from '../../support/bundled-cloud.ts';
import { completing } from '../../support/completing.ts';
import { detaching, request } from '../../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const { ids, restarted, most, completions } = completing(() => cloud);
const fast = { IntervalSeconds: 0 };

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
