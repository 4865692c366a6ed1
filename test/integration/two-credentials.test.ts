import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { detaching, request } from '../support/detaching.ts';

let cloud: LocalCloud;
let ids: string[];
beforeEach(async () => {
  cloud = await startLocalCloud({ instances: 600 });
  ids = cloud.ecs.bound();
});
afterEach(() => cloud.stop());

const inEnvironment = (key: { accessKeyId: string; accessKeySecret: string; securityToken?: string }) => ({
  ALIBABA_CLOUD_ACCESS_KEY_ID: key.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: key.accessKeySecret,
  ALIBABA_CLOUD_SECURITY_TOKEN: key.securityToken ?? '',
});

function expired() {
  const key = cloud.ecs.issueTemporary();
  cloud.ecs.expireCredentials();
  return key;
}

const unknown = { accessKeyId: 'LTAInosuchkey', accessKeySecret: 'no such secret' };

describe('credentials in the environment that ECS refuses', () => {
  it.each([
    ['expired', expired],
    ['unknown', () => unknown],
  ])('give way to those of the context, for all calls at once: %s', async (_, stale) => {
    const variables = inEnvironment(stale());
    const ask = detaching(cloud, { variables, credentials: cloud.ecs.issueTemporary() });
    const { status, codes } = await ask(request(ids));
    expect([status, codes]).toEqual([200, { 200: 600 }]);
    const refused = cloud.ecs.callsOf('DetachKeyPair').filter(({ status: answered = 0 }) => answered >= 400);
    expect(refused.length).toBeLessThanOrEqual(8);
  });

  it('give way for a filter, a dry run and a proof too', async () => {
    const variables = inEnvironment(expired());
    const ask = detaching(cloud, { variables, credentials: cloud.ecs.issueTemporary() });
    const all = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', Filter: {} };
    expect((await ask({ body: { ...all, DryRun: true } })).body.FailCount).toBe('0');
    expect((await ask({ body: all })).body).toMatchObject({ TotalCount: '600', FailCount: '0' });
  });

  it('are refused as by ECS where there are no others, and the function goes on to answer', async () => {
    const ask = detaching(cloud, { variables: inEnvironment(expired()) });
    for (const more of [{}, { Reboot: true }]) {
      const { status, body } = await ask(request(ids, more));
      expect([status < 500, body.Code]).toEqual([true, 'InvalidSecurityToken.Expired']);
    }
  });

  it('are named by the error of ECS when those of the context are refused as well', async () => {
    const stale = expired();
    const ask = detaching(cloud, { variables: inEnvironment(unknown), credentials: stale });
    const { status, body } = await ask(request(ids));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.Code).toMatch(/^Invalid(SecurityToken|AccessKeyId)/);
    expect(cloud.ecs.bound()).toEqual(ids);
  });
});
