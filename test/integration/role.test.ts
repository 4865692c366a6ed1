import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud, post } from '../support/bundled-cloud.ts';
import { detaching } from '../support/detaching.ts';
import { REQUEST_ID } from '../support/events.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const ROLE = 'acs:ram::2000000000000000:role/detacher';
const OTHER_ACCOUNT = '2000000000000000';

describe('another account', () => {
  it('is acted in through its role, and its instances are restarted there', async () => {
    const environment = { ALLOWED_ROLE_ARNS: ROLE, ROLE_EXTERNAL_ID: 'shared-secret-id' };
    cloud = await bundledCloud({ instances: 1, detach: { environment }, reboot: { environment } });
    cloud.sts.addRole({ roleArn: ROLE, externalId: 'shared-secret-id', instances: 3, keyPairName: 'leaked-key' });
    const InstanceIds = cloud.ecs.bound('leaked-key', OTHER_ACCOUNT);
    const { status, body } = await post(cloud, { InstanceIds, RoleArn: ROLE, Reboot: true });
    expect([status, body.FailCount]).toEqual([200, '0']);
    expect(cloud.ecs.bound('leaked-key', OTHER_ACCOUNT)).toEqual([]);
    expect(cloud.ecs.bound()).toHaveLength(1);
    const [call] = cloud.sts.calls;
    expect(call?.parameters['RoleSessionName']).toBe(`fc-detach-key-pair-${body['RequestId']}`.slice(0, 64));
    await cloud.fc.drain();
    expect(cloud.ecs.instances(OTHER_ACCOUNT).map(({ reboots }) => reboots.length)).toEqual([1, 1, 1]);
  });

  it.each([
    ['does not know the role', { RoleArn: 'acs:ram::2000000000000000:role/nosuch' }, {}],
    ['wants another external id', { RoleArn: ROLE }, { ROLE_EXTERNAL_ID: 'not-it' }],
  ])('that %s refuses the request with its own code', async (_, fields, more) => {
    cloud = await bundledCloud({
      instances: 1,
      detach: { environment: { ALLOWED_ROLE_ARNS: `${ROLE},acs:ram::2000000000000000:role/nosuch`, ...more } },
    });
    cloud.sts.addRole({ roleArn: ROLE, externalId: 'shared-secret-id' });
    const { status, body } = await post(cloud, { InstanceIds: cloud.ecs.bound(), ...fields });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).toMatchObject({ TotalCount: '1', FailCount: '1', KeyPairName: 'leaked-key' });
    expect(cloud.ecs.calls).toEqual([]);
  });

  it('cannot be reached where its STS cannot', async () => {
    cloud = await startLocalCloud({ instances: 2 });
    const ask = detaching(cloud, { variables: { ALLOWED_ROLE_ARNS: ROLE, STS_ENDPOINT: '127.0.0.1:1' } });
    const { status, codes } = await ask({
      body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: cloud.ecs.bound(), RoleArn: ROLE },
    });
    expect([status, codes]).toEqual([200, { ServiceUnavailable: 2 }]);
  });
});

describe('the credentials', () => {
  const body = () => ({ body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: cloud.ecs.bound() } });
  const none = { ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: '' };

  it('are those of the context where the environment has none', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    const ask = detaching(cloud, { variables: none, credentials: { ...cloud.ecs.stsCredentials } });
    expect((await ask(body())).body.FailCount).toBe('0');
    expect(cloud.ecs.calls[0]?.headers['x-acs-security-token']).toBe(cloud.ecs.stsCredentials.securityToken);
  });

  it('are those of the default chain outside Function Compute', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', accessKeySecret);
    expect((await detaching(cloud, { variables: none })(body())).body.FailCount).toBe('0');
    vi.unstubAllEnvs();
  });

  it('are missing in a function without a role: our fault, with the request id', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    const ask = detaching(cloud, { variables: { ...none, FC_FUNCTION_NAME: 'detach-key-pair' } });
    const { status, body: answer, lines } = await ask(body());
    expect([status, answer.Code]).toEqual([500, 'InternalError']);
    expect(answer.Message).toContain(REQUEST_ID);
    expect(JSON.stringify(lines)).toContain('the function has no role');
  });
});
