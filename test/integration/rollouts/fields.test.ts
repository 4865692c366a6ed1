import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { detaching, request } from '../../support/detaching.ts';

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ instances: 1 });
});
afterAll(() => cloud.stop());

const ahead = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const ask = (reboot: object) => {
  const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
  return detaching(cloud)(request(ids, { DryRun: true, Reboot: reboot }));
};

describe('the fields of waves that watch', () => {
  it.each([
    [{ MaxErrors: 0 }],
    [{ MaxErrors: '0%' }],
    [{ MaxErrors: '100%', HealthTimeoutSeconds: 60, Ready: 'CloudAssistant' }],
    [{ MaxErrors: 5_000, HealthTimeoutSeconds: 3_600 }],
    [{ NotBefore: ahead(23) }],
    [{ NotBefore: '2020-01-01T00:00:00Z' }],
  ])('take %j', async (reboot) => {
    expect((await ask(reboot)).status).toBe(200);
  });

  it.each([
    [{ MaxErrors: -1 }, /Reboot\.MaxErrors/],
    [{ MaxErrors: 1.5 }, /Reboot\.MaxErrors/],
    [{ MaxErrors: '101%' }, /Reboot\.MaxErrors/],
    [{ MaxErrors: '3' }, /Reboot\.MaxErrors/],
    [{ HealthTimeoutSeconds: 59 }, /Reboot\.HealthTimeoutSeconds/],
    [{ Ready: 'running' }, /Reboot\.Ready/],
    [{ NotBefore: ahead(25) }, /Reboot\.NotBefore.*24 hours/],
    [{ NotBefore: '2026-02-30T00:00:00Z' }, /Reboot\.NotBefore.*2026-02-30T00:00:00Z.*not a time that there is/],
    [{ NotBefore: ahead(1), DelaySeconds: 0 }, /Reboot\.NotBefore.*DelaySeconds: leave/],
  ])('are refused by name: %j', async (reboot, message) => {
    const { status, body } = await ask(reboot);
    expect([status, body.Code]).toEqual([400, 'InvalidParameter']);
    expect(body.Message).toMatch(message);
  });
});
