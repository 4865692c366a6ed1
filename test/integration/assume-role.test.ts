import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { enter as enterReboots } from '../../functions/reboot-instances/invoke.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { bundledCloud, rebootTasks } from '../support/bundled-cloud.ts';
import { detaching, type Options } from '../support/detaching.ts';
import { fcContext } from '../support/events.ts';

const ROLE = 'acs:ram::2000000000000000:role/detacher';
const OTHER_ACCOUNT = '2000000000000000';

let cloud: LocalCloud;

beforeEach(async () => {
  // A certificate that is made on the spot can be trusted by a new process only; the bundles' own do.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  cloud = await startLocalCloud({ instances: 1 });
  cloud.sts.addRole({ roleArn: ROLE, instances: 2, keyPairName: 'leaked-key' });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});

const ask = (fields: object = {}, options: Options = {}) =>
  detaching(cloud, { variables: { ALLOWED_ROLE_ARNS: `${ROLE}, acs:ram::1:role/nosuch` } })(
    {
      body: {
        RegionId: 'cn-hangzhou',
        KeyPairName: 'leaked-key',
        InstanceIds: cloud.ecs.bound('leaked-key', OTHER_ACCOUNT),
        RoleArn: ROLE,
        ...fields,
      },
    },
    options,
  );

describe('assuming a role', () => {
  it('is done once, before the fan-out', async () => {
    const { status, body } = await ask();
    expect([status, body.TotalCount, body.FailCount]).toEqual([200, '2', '0']);
    expect(cloud.sts.calls).toHaveLength(1);
    expect(cloud.ecs.bound('leaked-key', OTHER_ACCOUNT)).toEqual([]);
  });

  it('asks for a session that may do what this function does, and nothing else', async () => {
    await ask();
    const { Statement } = recordOf(JSON.parse(cloud.sts.calls[0]?.parameters['Policy'] ?? ''));
    expect(Statement).toEqual([
      { Effect: 'Allow', Action: expect.arrayContaining(['ecs:DetachKeyPair']), Resource: '*' },
    ]);
    expect(JSON.stringify(Statement)).not.toMatch(/RebootInstances|RunCommand|ecs:\*/);
  });

  it('by the function that reboots, for one that cannot detach', async () => {
    const now = Date.now();
    const message = {
      ...{ Version: 1, RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', ForceReboot: false, SourceRequestId: 'x' },
      ...{ InstanceIds: cloud.ecs.bound('leaked-key', OTHER_ACCOUNT), RoleArn: ROLE },
      ...{ DetachedAt: new Date(now).toISOString(), NotAfter: new Date(now + 3_600_000).toISOString() },
    };
    const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
    const variables = {
      ...{ ECS_ENDPOINT: cloud.ecs.endpoint, STS_ENDPOINT: cloud.sts.endpoint, ALLOWED_ROLE_ARNS: ROLE },
      ...{ ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret },
    };
    await enterReboots(Buffer.from(JSON.stringify(message)), fcContext(), { variables, write: () => undefined });
    const asked = cloud.sts.calls[0]?.parameters['Policy'];
    expect(asked).toContain('ecs:RebootInstances');
    expect(asked).not.toContain('DetachKeyPair');
  });

  it('is told to the function that reboots', async () => {
    const { accountId } = cloud;
    await cloud.stop();
    cloud = await bundledCloud({ accountId, instances: 1 });
    cloud.sts.addRole({ roleArn: ROLE, instances: 1, keyPairName: 'leaked-key' });
    await ask({ Reboot: true });
    expect(rebootTasks(cloud).map(({ payload }) => JSON.parse(String(payload)).RoleArn)).toEqual([ROLE]);
  });

  it('is told to the run that goes on', async () => {
    const { accountId } = cloud;
    await cloud.stop();
    cloud = await bundledCloud({ accountId, instances: 1 });
    cloud.sts.addRole({ roleArn: ROLE, instances: 60, keyPairName: 'leaked-key' });
    cloud.ecs.script('DetachKeyPair', [undefined]);
    cloud.ecs.onCall('DetachKeyPair', () => ({
      kind: 'answer',
      status: 400,
      code: 'Throttling.User',
      headers: { 'x-acs-retry-after': '600000' },
    }));
    const { body } = await ask({ Continue: true }, { variables: { DETACH_CONCURRENCY: '1' } });
    expect(body['Continuation']).toMatchObject({ InstanceCount: '10' });
    const task = cloud.fc.tasks.find(({ id }) => id.startsWith('continue-'));
    expect(JSON.parse(String(task?.payload)).Request).toMatchObject({ RoleArn: ROLE, Continue: true });
  });

  it('starts from temporary credentials as well', async () => {
    const none = { ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: '' };
    const { body } = await ask({}, { variables: none, credentials: { ...cloud.ecs.stsCredentials } });
    expect(body.FailCount).toBe('0');
  });

  it('that STS refuses fails the request with the code of STS', async () => {
    const { status, body } = await ask({ RoleArn: 'acs:ram::1:role/nosuch' });
    expect([status, body.TotalCount, body.FailCount]).toEqual([404, '2', '2']);
    expect(body.Code).toMatch(/^(EntityNotExist\.Role|NoPermission)$/);
    expect(cloud.ecs.calls).toEqual([]);
  });

  it('is tried again when STS is out of order', async () => {
    cloud.sts.script('AssumeRole', [{ kind: 'answer', status: 503, code: 'ServiceUnavailable' }, { kind: 'html' }]);
    expect((await ask()).body.FailCount).toBe('0');
  });

  it('has its secret refused without a word of what was signed', async () => {
    const { status, body } = await ask(
      {},
      { variables: { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'not-the-secret-of-this-key' } },
    );
    expect(status).toBeGreaterThanOrEqual(200);
    expect(JSON.stringify(body)).not.toMatch(/string to sign/i);
  });

  it('passes the external id on, and says no more than STS does', async () => {
    cloud.sts.script('AssumeRole', [
      { kind: 'raw', status: 403, body: '{"Code":"NoPermission"}', headers: { 'content-type': 'text/plain' } },
    ]);
    const { status, body } = await ask({}, { variables: { ROLE_EXTERNAL_ID: 'an-id' } });
    expect([status, body.Code, body.Message]).toEqual([403, 'NoPermission', 'NoPermission']);
    expect(cloud.sts.calls[0]?.parameters['ExternalId']).toBe('an-id');
  });

  it('whose answer holds no credentials is one that failed', async () => {
    cloud.sts.onCall('AssumeRole', () => ({ kind: 'raw', body: '{"Credentials":{}}' }));
    const { status, codes } = await ask();
    expect([status, codes]).toEqual([200, { ServiceUnavailable: 2 }]);
  });

  it('for a Filter that cannot be answered leaves nothing but the error', async () => {
    const { status, body } = await ask({ InstanceIds: undefined, Filter: {}, RoleArn: 'acs:ram::1:role/nosuch' });
    expect(status).toBe(404);
    expect(body.Code).toMatch(/^(EntityNotExist\.Role|NoPermission)$/);
    expect(body.TotalCount).toBeUndefined();
  });
});
