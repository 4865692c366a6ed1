import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { publicKeyFor } from '../../../local-cloud/ecs/key-pairs.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, post, rebootTasks } from '../../support/bundled-cloud.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const KEY = publicKeyFor('leaked-key');
const ROLE = 'acs:ram::2000000000000000:role/detacher';
const OTHER_ACCOUNT = '2000000000000000';
const wide = { RegionId: '*', RoleArn: '*', Filter: {} };

/** 5 instances in the own region, 5 in another one, 4 of another account under another name. */
async function start(options: Parameters<typeof bundledCloud>[0] = {}) {
  const environment = { ALLOWED_ROLE_ARNS: ROLE, ALLOWED_REGIONS: 'cn-hangzhou,us-east-1' };
  cloud = await bundledCloud({
    instances: 5,
    ...options,
    detach: { environment, ...options.detach },
    reboot: { environment },
    remove: { environment },
  });
  cloud.ecs.add(5, { regionId: 'us-east-1' });
  cloud.sts.addRole({ roleArn: ROLE });
  cloud.ecs.keyPairs.add('theirs', 'us-east-1', { publicKey: KEY, accountId: OTHER_ACCOUNT });
  cloud.ecs.add(4, { regionId: 'us-east-1', keyPairName: 'theirs', accountId: OTHER_ACCOUNT });
}

const everyInstance = () => [...cloud.ecs.instances(), ...cloud.ecs.instances(OTHER_ACCOUNT)];
const reboots = () => everyInstance().map((instance) => instance.reboots.length);
const stillBound = () => [...cloud.ecs.bound(), ...cloud.ecs.bound('theirs', OTHER_ACCOUNT)];
const byKey = { KeyPairName: undefined, PublicKey: KEY };

/** Kills the function as soon as it has made so many calls of DetachKeyPair, the last of which does nothing. */
function killAfter(calls: number): void {
  cloud.ecs.onCall('DetachKeyPair', ({ number }) => {
    if (number === calls) setImmediate(() => cloud.fc.killRunning('detach-key-pair'));
    return number === calls ? { kind: 'hang', applied: false } : undefined;
  });
}

describe('restarts in several places', () => {
  it('are planned over all of them: one task for each place of a wave, never more than a wave at once', async () => {
    await start();
    const { body } = await post(cloud, { ...wide, ...byKey, Reboot: { BatchSize: 4, IntervalSeconds: 600 } });
    expect(body).toMatchObject({ TotalCount: '14', FailCount: '0', Reboot: { TotalCount: '14', FailCount: '0' } });
    const tasks: { DelaySeconds: string; InstanceIds: string[] }[] = JSON.parse(
      JSON.stringify(recordOf(body['Reboot'])['Tasks']),
    );
    expect(tasks.map(({ DelaySeconds, InstanceIds }) => [DelaySeconds, InstanceIds.length])).toEqual([
      ['0', 4],
      ['600', 1],
      ['600', 3],
      ['1200', 2],
      ['1200', 2],
      ['1800', 2],
    ]);
    await cloud.fc.drain();
    expect(reboots()).toEqual(Array(14).fill(1));
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(4);
    expect(rebootTasks(cloud)).toHaveLength(6);
  });

  it('watch what the wave before restarted in every place', async () => {
    await start();
    const Reboot = { BatchSize: 4, MaxErrors: 0, IntervalSeconds: 600 };
    const { body } = await post(cloud, { ...wide, ...byKey, Reboot });
    expect(body).toMatchObject({ Reboot: { FailCount: '0' } });
    await cloud.fc.drain();
    expect(reboots()).toEqual(Array(14).fill(1));
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(4);
  });
});

describe('a run in several places that is cut off', () => {
  it('is finished by its completion in every place: nothing stays bound, every instance restarts once', async () => {
    await start();
    killAfter(2);
    const { status } = await post(cloud, { ...wide, ...byKey, Reboot: { BatchSize: 4 }, ClientToken: 'leak' }).catch(
      () => ({ status: 0 }),
    );
    expect(status).not.toBe(200);
    cloud.ecs.onCall('DetachKeyPair', undefined);
    expect(reboots()).toEqual(Array(14).fill(0));
    await cloud.fc.drain();
    expect(stillBound()).toEqual([]);
    expect(reboots()).toEqual(Array(14).fill(1));
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(4);
    expect(cloud.fc.failures).toEqual([]);
  });

  it('is finished by the same request, which counts what the earlier one has detached', async () => {
    await start();
    killAfter(2);
    const fields = { ...wide, ...byKey, Reboot: { BatchSize: 4 }, ClientToken: 'leak' };
    await post(cloud, fields).catch(() => undefined);
    cloud.ecs.onCall('DetachKeyPair', undefined);
    expect(stillBound().length).toBeLessThan(14);
    const { status, body } = await post(cloud, fields);
    expect([status, body.TotalCount, body.FailCount]).toEqual([200, '14', '0']);
    expect(body).toMatchObject({ Reboot: { TotalCount: '14', FailCount: '0' } });
    await cloud.fc.drain();
    expect(stillBound()).toEqual([]);
    expect(reboots()).toEqual(Array(14).fill(1));
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(4);
  });

  it('and one that is sent twice at once restart every instance once', async () => {
    await start({ latencyMs: 20 });
    const fields = { ...wide, ...byKey, Reboot: { BatchSize: 4, IntervalSeconds: 600 }, ClientToken: 'leak' };
    const answers = await Promise.all([post(cloud, fields), post(cloud, fields)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await cloud.fc.drain();
    expect(stillBound()).toEqual([]);
    expect(reboots()).toEqual(Array(14).fill(1));
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(4);
    expect(cloud.fc.failures).toEqual([]);
  });

  it('goes on by itself where the time of one place does not suffice', async () => {
    await start({
      detach: { timeoutSeconds: 6, environment: { ALLOWED_ROLE_ARNS: ROLE, ALLOWED_REGIONS: 'cn-hangzhou,us-east-1' } },
    });
    cloud.ecs.onCall('DetachKeyPair', ({ regionId, accountId }) =>
      regionId === 'us-east-1' && accountId !== OTHER_ACCOUNT
        ? { kind: 'answer', status: 400, code: 'Throttling.User' }
        : undefined,
    );
    const { body } = await post(cloud, { ...wide, ...byKey, Continue: true, Reboot: { BatchSize: 4 } });
    expect(body).toMatchObject({ TotalCount: '14', FailCount: '5', Continuation: { InstanceCount: '5' } });
    cloud.ecs.onCall('DetachKeyPair', undefined);
    await cloud.fc.drain();
    expect(stillBound()).toEqual([]);
    expect(reboots()).toEqual(Array(14).fill(1));
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(4);
  });
});

describe('Online in several places', () => {
  it('takes the key out of the machines of each, by the key that was asked for', async () => {
    await start();
    const { body } = await post(cloud, { ...wide, ...byKey, Online: true });
    expect(body).toMatchObject({ TotalCount: '14', FailCount: '0', Online: { TotalCount: '14', FailCount: '0' } });
    await cloud.fc.drain();
    expect(cloud.fc.failures).toEqual([]);
    const accounts = cloud.ecs.callsOf('RunCommand').map(({ accountId, regionId }) => `${accountId} ${regionId}`);
    expect(new Set(accounts).size).toBe(3);
  });

  it('is refused where the key of one place cannot be read', async () => {
    await start();
    cloud.ecs.keyPairs.add('leaked-key', 'us-east-1', { publicKey: null });
    const { status, body } = await post(cloud, { ...wide, AllowDifferentKeys: true, Online: true });
    expect([status, body.Code]).toEqual([400, 'PublicKeyUnavailable']);
    expect(cloud.ecs.bound()).toHaveLength(10);
  });
});

describe('an event about several places', () => {
  it.each([
    ['is thrown where another run could read a place', 'Throttling.User', 400, 'UnhandledInvocationError'],
    ['is returned where none could', 'Forbidden.RAM', 403, undefined],
  ])('%s', async (_, code, status, thrown) => {
    await start({
      detach: { timeoutSeconds: 6, environment: { ALLOWED_REGIONS: 'cn-hangzhou,us-east-1' }, onFailure: false },
    });
    cloud.ecs.onCall('DescribeKeyPairs', ({ regionId }) =>
      regionId === 'us-east-1' ? { kind: 'answer', status, code } : undefined,
    );
    const event = { RegionId: '*', PublicKey: KEY, Filter: {} };
    const { payload, errorType } = await cloud.fc.invoke('detach-key-pair', event);
    expect(errorType).toBe(thrown);
    const answer = JSON.parse(errorType ? JSON.parse(payload).errorMessage : payload);
    expect(answer).toMatchObject({ TotalCount: '5', FailCount: '0', PlaceFailCount: '1' });
    expect(cloud.ecs.bound()).toHaveLength(5);
  });
});
