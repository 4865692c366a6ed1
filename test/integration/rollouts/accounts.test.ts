import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { bundledCloud, post, rebootTasks } from '../../support/bundled-cloud.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const ACCOUNTS = ['2000000000000000', '3000000000000000'];
const ROLES = ACCOUNTS.map((account) => `acs:ram::${account}:role/detacher`);
const NEVER_BACK = 10_000_000;

/** A wave of two instances in the first account, then one in the second; nothing in that of the functions. */
async function rollOut(rebootSeconds: number): Promise<void> {
  const environment = { ALLOWED_ROLE_ARNS: ROLES.join() };
  cloud = await bundledCloud({ instances: 0, detach: { environment }, reboot: { environment } });
  for (const roleArn of ROLES) cloud.sts.addRole({ roleArn });
  const [first = '', second = ''] = ACCOUNTS;
  cloud.ecs.keyPairs.add('leaked-key');
  cloud.ecs.add([{ instanceId: 'i-first1', rebootSeconds }, { instanceId: 'i-first2' }], { accountId: first });
  cloud.ecs.add([{ instanceId: 'i-second1' }, { instanceId: 'i-second2' }], { accountId: second });
  const Reboot = { BatchSize: 2, IntervalSeconds: 0, MaxErrors: 0, HealthTimeoutSeconds: 60 };
  const { status, body } = await post(cloud, { KeyPairName: 'leaked-key', RoleArn: ROLES, Filter: {}, Reboot });
  expect([status, body.TotalCount, body.FailCount]).toEqual([200, '4', '0']);
  await cloud.fc.drain();
}

function reboots() {
  const instances = ACCOUNTS.flatMap((account) => cloud.ecs.instances(account));
  return Object.fromEntries(instances.map(({ instanceId, reboots: { length } }) => [instanceId, length]));
}

describe('a wave after one in another account', () => {
  it('reads that one by its role, and begins when all are back there', async () => {
    await rollOut(60);
    expect(reboots()).toEqual({ 'i-first1': 1, 'i-first2': 1, 'i-second1': 1, 'i-second2': 1 });
    expect(cloud.maxDownAtOnce()).toBe(2);
    expect(cloud.fc.failures).toEqual([]);
    const messages = rebootTasks(cloud).map(({ payload }) => JSON.parse(payload));
    expect(messages.find(({ RoleArn }) => RoleArn === ROLES[1])).toMatchObject({
      Watch: { Before: [{ RoleArn: ROLES[0], InstanceIds: ['i-first1', 'i-first2'] }] },
    });
  });

  it('is not done when one there never comes back, and names it at onFailure', async () => {
    await rollOut(NEVER_BACK);
    expect(reboots()).toEqual({ 'i-first1': 1, 'i-first2': 1, 'i-second1': 0, 'i-second2': 0 });
    expect(cloud.fc.failures).toHaveLength(1);
    expect(JSON.parse(JSON.parse(cloud.fc.failures[0]?.responsePayload ?? '').errorMessage)).toMatchObject({
      Halted: { NotBack: ['i-first1'] },
      Results: { Result: [{ Action: 'Skipped.Halted' }, { Action: 'Skipped.Halted' }] },
    });
  });
});
