import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../cloud.ts';
import { failure, models, popClient, sdkClient } from './clients.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function start(options: CloudOptions = {}) {
  cloud = await startLocalCloud({ instances: 3, ...options });
  const ids = cloud.ecs.instances().map((instance) => instance.instanceId);
  return {
    ...cloud,
    ids,
    parameters: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: JSON.stringify(ids) },
  };
}

function detachRequest(ids: readonly string[]) {
  return new models.DetachKeyPairRequest({
    regionId: 'cn-hangzhou',
    keyPairName: 'leaked-key',
    instanceIds: JSON.stringify(ids),
  });
}

describe('@alicloud/ecs20140526', () => {
  it.each(['permanent key', 'temporary key', 'permanent key, v2', 'temporary key, v2'] as const)(
    'is believed with a %s',
    async (how) => {
      const { ecs, ids } = await start();
      const key = how.startsWith('permanent') ? ecs.credentials : ecs.stsCredentials;
      const client = sdkClient(ecs.endpoint, key, how.endsWith('v2') ? 'v2' : undefined);
      const { body } = await client.detachKeyPair(detachRequest(ids));
      expect(body).toMatchObject({ keyPairName: 'leaked-key', totalCount: '3', failCount: '0' });
      expect(body?.results?.result?.map((item) => item.instanceId)).toEqual(ids);
      expect(ecs.bound()).toEqual([]);
      expect(ecs.calls).toMatchObject([
        { action: 'DetachKeyPair', status: 200, instanceIds: ids, accessKeyId: key.accessKeyId },
      ]);
    },
  );

  it('is refused with a wrong secret, in the talkative words of the real service', async () => {
    const { ecs, ids } = await start();
    const client = sdkClient(ecs.endpoint, { ...ecs.credentials, accessKeySecret: 'wrong' });
    const error = await failure(client.detachKeyPair(detachRequest(ids)));
    expect(error).toMatchObject({ statusCode: 400, code: 'SignatureDoesNotMatch' });
    expect(error['message']).toContain('server CanonicalRequest is [POST');
    expect(ecs.bound()).toEqual(ids);
  });

  it('is refused with an unknown key, without its token, with a wrong token, with an expired one', async () => {
    const { ecs, ids } = await start();
    const { stsCredentials } = ecs;
    const { securityToken, ...tokenless } = stsCredentials;
    const code = async (key: typeof ecs.credentials) => {
      const { code } = await failure(sdkClient(ecs.endpoint, key).detachKeyPair(detachRequest(ids)));
      return code;
    };
    expect(await code({ ...ecs.credentials, accessKeyId: 'nobody' })).toBe('InvalidAccessKeyId.NotFound');
    expect(await code(tokenless)).toBe('MissingSecurityToken');
    expect(await code({ ...tokenless, securityToken: 'x' })).toBe('InvalidSecurityToken.Malformed');
    expect(await code({ ...ecs.credentials, securityToken })).toBe('InvalidSecurityToken.MismatchWithAccessKey');
    ecs.expireCredentials();
    expect(await code(stsCredentials)).toBe('InvalidSecurityToken.Expired');
    expect(ecs.stsCredentials.accessKeyId).not.toBe(stsCredentials.accessKeyId);
  });

  it('reads throttling as such, with the hint when there is one', async () => {
    const { ecs, ids } = await start({
      throttle: { DetachKeyPair: { kind: 'window', limit: 1, seconds: 3600 } },
      switches: { throttleStatus: 429, retryAfterHint: true },
    });
    const client = sdkClient(ecs.endpoint, ecs.credentials);
    await client.detachKeyPair(detachRequest(ids));
    const error = await failure(client.detachKeyPair(detachRequest(ids)));
    expect(error).toMatchObject({ name: 'ThrottlingError', statusCode: 429, code: 'Throttling.User' });
    expect(error['retryAfter']).toBeGreaterThan(0);
  });

  it('reboots and describes', async () => {
    const { ecs, ids, clock } = await start();
    const client = sdkClient(ecs.endpoint, ecs.credentials);
    const rebooted = await client.rebootInstances(
      new models.RebootInstancesRequest({
        regionId: 'cn-hangzhou',
        instanceId: [...ids, 'i-bp1nosuchinstance0000'],
        batchOptimization: 'SuccessFirst',
      }),
    );
    const responses = rebooted.body?.instanceResponses?.instanceResponse ?? [];
    expect(responses.map((item) => item.code)).toEqual(['200', '200', '200', 'InvalidInstanceId.NotFound']);
    expect(responses[0]).toMatchObject({ previousStatus: 'Running', currentStatus: 'Stopping' });
    const describe = async () => {
      const request = new models.DescribeInstancesRequest({
        regionId: 'cn-hangzhou',
        instanceIds: JSON.stringify(ids),
      });
      const { body } = await client.describeInstances(request);
      return body?.instances?.instance?.map((instance) => instance.status);
    };
    expect(await describe()).toEqual(['Stopping', 'Stopping', 'Stopping']);
    clock.advance(60_000);
    expect(await describe()).toEqual(['Running', 'Running', 'Running']);
  });
});

describe('@alicloud/pop-core', () => {
  it.each(['GET', 'POST'])('is believed by %s', async (method) => {
    const { ecs, parameters, ids } = await start();
    const answer = await popClient(ecs.endpoint, ecs.credentials).request('DetachKeyPair', parameters, { method });
    expect(answer).toMatchObject({ TotalCount: '3', FailCount: '0' });
    expect(ecs.callsOf('DetachKeyPair')[0]).toMatchObject({ instanceIds: ids, status: 200 });
  });

  it.each(['GET', 'POST'])('is refused by %s with a wrong secret', async (method) => {
    const { ecs, parameters } = await start();
    const client = popClient(ecs.endpoint, { ...ecs.credentials, accessKeySecret: 'wrong' });
    const error = await failure(client.request('DetachKeyPair', parameters, { method }));
    expect(error['code']).toBe('SignatureDoesNotMatch');
    expect(error['message']).toContain('server string to sign is:');
  });
});
