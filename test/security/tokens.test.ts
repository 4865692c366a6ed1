import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { bundledCloud, post, rebootTasks } from '../support/bundled-cloud.ts';

let cloud: LocalCloud;
let ids: string[];
beforeEach(async () => {
  cloud = await bundledCloud({ instances: 3 });
  ids = cloud.ecs.bound();
});
afterEach(() => cloud.stop());

const signedBy = (key: string) => ({
  authorization: `ACS3-HMAC-SHA256 Credential=${key},SignedHeaders=host,Signature=00`,
});
/** The token of the docs' own example is what a stranger would guess. */
async function ask(reboot: unknown, headers: Record<string, string>): Promise<Record<string, unknown>> {
  const fields = { InstanceIds: ids, Reboot: reboot, ClientToken: 'incident-2026-11-24' };
  const { body } = await post(cloud, fields, headers);
  const { Tasks } = recordOf(body['Reboot']);
  return recordOf(Array.isArray(Tasks) ? Tasks[0] : undefined);
}

const again = () => {
  for (const id of ids) cloud.ecs.bind(id, cloud.keyPairName);
};

describe("whoever uses a token first decides nothing about another's restarts", () => {
  it.each([
    ['another access key', signedBy('LTAIstranger'), signedBy('LTAIowner')],
    ['no access key', {}, signedBy('LTAIowner')],
    ['another subject of a token', { 'x-jwt-claim-sub': 'stranger' }, { 'x-jwt-claim-sub': 'owner' }],
  ])('with %s', async (_, stranger, owner) => {
    const first = await ask({ DelaySeconds: 3_600 }, stranger);
    expect(first).toMatchObject({ Status: 'Enqueued', DelaySeconds: '3600' });
    again();
    const second = await ask(true, owner);
    expect(second).toMatchObject({ Status: 'Enqueued', DelaySeconds: '0' });
    expect(second['TaskId']).not.toBe(first['TaskId']);
    again();
    // The stranger's own plan, by the owner: still another's task.
    const third = await ask({ DelaySeconds: 3_600 }, owner);
    expect(third['TaskId']).not.toBe(first['TaskId']);
  });

  it.each([
    ['force', { ForceReboot: true, DelaySeconds: 3_600 }],
    ['batch', { BatchSize: 50, DelaySeconds: 3_600 }],
    ['interval', { IntervalSeconds: 7, DelaySeconds: 3_600 }],
    ['delay', { DelaySeconds: 3_599 }],
  ])('nor the same sender by an earlier plan: another %s is another task', async (_, plan) => {
    const first = await ask({ DelaySeconds: 3_600 }, signedBy('LTAIowner'));
    again();
    const second = await ask(plan, signedBy('LTAIowner'));
    expect(second['Status']).toBe('Enqueued');
    expect(second['TaskId']).not.toBe(first['TaskId']);
  });

  it('and the same request again, while its task waits, is told no delay', async () => {
    const first = await ask({ DelaySeconds: 3_600 }, signedBy('LTAIowner'));
    again();
    const second = await ask({ DelaySeconds: 3_600 }, signedBy('LTAIowner'));
    expect(second).toMatchObject({ Status: 'Duplicate', TaskId: first['TaskId'] });
    expect(second).not.toHaveProperty('DelaySeconds');
  });
});

describe('ALLOWED_KEY_PAIRS bounds restarts', () => {
  it.each([
    ['an allowed name', { KeyPairName: 'allowed-key' }],
    ['an allowed name, once more after a detach', { KeyPairName: 'allowed-key', ClientToken: 'x' }],
    ['the time of a detach that never was', { KeyPairName: 'allowed-key', DetachedSince: '2026-11-24T08:00:00Z' }],
  ])('for instances of another key pair too: %s', async (_, fields) => {
    await cloud.stop();
    const environment = { ALLOWED_KEY_PAIRS: 'allowed-*' };
    cloud = await bundledCloud({ instances: 3, detach: { environment }, reboot: { environment } });
    ids = cloud.ecs.bound();
    const { body } = await post(cloud, { InstanceIds: ids, Reboot: { ForceReboot: true }, ...fields });
    expect(rebootTasks(cloud)).toEqual([]);
    expect(cloud.ecs.bound()).toEqual(ids);
    expect(recordOf(body['Reboot'])['Tasks'] ?? []).toEqual([]);
  });
});
