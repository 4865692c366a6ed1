import { createHook } from 'node:async_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { detaching, request } from '../../support/detaching.ts';
import { REQUEST_ID } from '../../support/events.ts';

let cloud: LocalCloud;

async function fleet(instances: CloudOptions['instances'], options: CloudOptions = {}) {
  cloud = await startLocalCloud({ ...options, ...(instances !== undefined && { instances }) });
  const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
  return { ids, ask: detaching(cloud) };
}

const detachCalls = () => cloud.ecs.callsOf('DetachKeyPair').map(({ instanceIds }) => instanceIds);
const sizes = () => detachCalls().map((ids) => ids.length);

afterEach(() => cloud.stop());

describe('detaching', () => {
  it('answers as the operation page does, field by field and type by type', async () => {
    const { ids, ask } = await fleet(2);
    const { status, headers, body } = await ask(request(ids));
    expect(status).toBe(200);
    expect(headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'x-acs-request-id': REQUEST_ID,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        KeyPairName: 'leaked-key',
        RequestId: REQUEST_ID,
        TotalCount: '2',
        FailCount: '0',
        Results: {
          Result: ids.map((id) => ({ Code: '200', Message: 'successful', InstanceId: id, Success: 'true' })),
        },
      }),
    );
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it.each([
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
    [1000, Array.from({ length: 20 }, () => 50)],
  ])('detaches %i instances in calls of at most 50', async (count, calls) => {
    const { ids, ask } = await fleet(count);
    const { body, codes } = await ask(request(ids));
    expect(body).toMatchObject({ TotalCount: String(count), FailCount: '0' });
    expect(codes).toEqual({ 200: count });
    expect(body.Results?.Result.map(({ InstanceId }) => InstanceId)).toEqual(ids);
    expect(sizes().sort((a, b) => b - a)).toEqual(calls);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('leaves no timer behind for a call that is over', async () => {
    const { ids, ask } = await fleet(2_000);
    const running = new Set<number>();
    const timers = createHook({
      init: (id, type) => type === 'Timeout' && running.add(id),
      destroy: (id) => running.delete(id),
    }).enable();
    await ask(request(ids));
    timers.disable();
    // Those of the connections are left, which are kept.
    expect(detachCalls()).toHaveLength(40);
    expect(running.size).toBeLessThan(40);
  });

  it('counts a repeated id once', async () => {
    const { ids, ask } = await fleet(2);
    const { body } = await ask(request([...ids, ...ids]));
    expect(body.TotalCount).toBe('2');
    expect(detachCalls()).toEqual([ids]);
  });

  it('keeps no more than DETACH_CONCURRENCY calls under way', async () => {
    const { ids, ask } = await fleet(400, { latencyMs: 20 });
    let now = 0;
    let most = 0;
    cloud.ecs.onCall('DetachKeyPair', () => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
      }, 10);
      return undefined;
    });
    await ask(request(ids), { variables: { DETACH_CONCURRENCY: '3' } });
    expect(most).toBeLessThanOrEqual(3);
  });

  it('lists only what ReturnResults asks for, with whole counts', async () => {
    const { ids, ask } = await fleet(3);
    const failed = await ask(request([...ids, 'i-bp1nosuch'], { ReturnResults: 'Failed' }));
    expect(failed.body).toMatchObject({ TotalCount: '4', FailCount: '1' });
    expect(failed.body.Results?.Result.map(({ InstanceId }) => InstanceId)).toEqual(['i-bp1nosuch']);
    const none = await ask(request(ids, { ReturnResults: 'None' }));
    expect(none.body.Results).toEqual({ Result: [] });
  });

  it('leaves out successful items first when the answer would be too large', async () => {
    const { ids, ask } = await fleet(60);
    const { body } = await ask(request([...ids, 'i-bp1nosuch']), { variables: { MAX_RESPONSE_BYTES: '1500' } });
    expect(body).toMatchObject({ TotalCount: '61', FailCount: '1', ResultsTruncated: 'true' });
    const listed = body.Results?.Result.map(({ InstanceId }) => InstanceId) ?? [];
    expect(listed).toEqual([...ids.slice(0, listed.length - 1), 'i-bp1nosuch']);
    expect(listed.length).toBeGreaterThan(5);
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(1500);
  });

  it('leaves out failed items from the end when those alone are too many', async () => {
    const { ids, ask } = await fleet(1);
    const bad = Array.from({ length: 20 }, (_, k) => `i-bp1nosuch${k}`);
    const most = 1500;
    const { body } = await ask(request([...ids, ...bad]), { variables: { MAX_RESPONSE_BYTES: String(most) } });
    const listed = body.Results?.Result.map(({ InstanceId }) => InstanceId) ?? [];
    expect(body).toMatchObject({ TotalCount: '21', FailCount: '20', ResultsTruncated: 'true' });
    expect(listed.length).toBeGreaterThan(3);
    expect(listed).toEqual(bad.slice(0, listed.length));
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(most);
  });
});

describe('bad instances', () => {
  it('keeps the other 49 when one id does not exist, in three calls', async () => {
    const { ids, ask } = await fleet(49);
    const { status, body, item } = await ask(request([...ids.slice(0, 20), 'i-bp1nosuch', ...ids.slice(20)]));
    expect(status).toBe(200);
    expect(body).toMatchObject({ TotalCount: '50', FailCount: '1' });
    expect(item('i-bp1nosuch')).toEqual({
      Code: 'InvalidInstanceIds.ValueNotSupported',
      Message: 'The specified parameter InstanceIds is not valid.',
      InstanceId: 'i-bp1nosuch',
      Success: 'false',
    });
    expect(cloud.ecs.calls.map(({ action }) => action)).toEqual([
      'DetachKeyPair',
      'DescribeInstances',
      'DetachKeyPair',
    ]);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('finds the one bad id by bisecting where describing is not permitted, in 13 calls', async () => {
    const { ids, ask } = await fleet(49);
    cloud.ecs.permissions.deny('DescribeInstances');
    const { body, item } = await ask(request(['i-bp1nosuch', ...ids]));
    expect(body.FailCount).toBe('1');
    expect(item('i-bp1nosuch')?.Code).toBe('InvalidInstanceIds.ValueNotSupported');
    expect(detachCalls().length).toBeLessThanOrEqual(13);
    expect(cloud.ecs.callsOf('DescribeInstances').length).toBe(1);
  });

  it('is not fooled where describing without permission shows an empty list', async () => {
    const { ids, ask } = await fleet(49);
    cloud.ecs.switches.describeWithoutPermission = 'empty';
    cloud.ecs.permissions.deny('DescribeInstances');
    const { body, item } = await ask(request(['i-bp1nosuch', ...ids]));
    expect(body.FailCount).toBe('1');
    expect(item('i-bp1nosuch')?.Success).toBe('false');
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('keeps the others when one is a Windows instance', async () => {
    const { ids, ask } = await fleet([...Array.from({ length: 9 }, () => ({})), { osType: 'windows' as const }]);
    const windows = ids[9] ?? '';
    const { body, item } = await ask(request([windows, 'i-bp1nosuch', ...ids.slice(0, 9)]));
    expect(body.FailCount).toBe('2');
    expect(item(windows)).toMatchObject({
      Code: 'DependencyViolation.WindowsInstance',
      Message: 'The instance creating is windows, cannot use ssh key pair to login.',
    });
    expect(item('i-bp1nosuch')?.Code).toBe('InvalidInstanceIds.ValueNotSupported');
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('answers with the error itself when all instances are bad', async () => {
    const { ask } = await fleet(1);
    const bad = Array.from({ length: 7 }, (_, k) => `i-bp1nosuch${k}`);
    const { status, body } = await ask(request(bad));
    expect(status).toBe(400);
    expect(body).toMatchObject({
      Code: 'InvalidInstanceIds.ValueNotSupported',
      Message: 'The specified parameter InstanceIds is not valid.',
      KeyPairName: 'leaked-key',
      TotalCount: '7',
      FailCount: '7',
      RequestId: REQUEST_ID,
      HostId: 'detach.cn-hangzhou.fcapp.run',
    });
  });

  it('answers with 403 for one Windows instance alone', async () => {
    const { ids, ask } = await fleet([{ osType: 'windows' }]);
    const { status, body } = await ask(request(ids));
    expect(status).toBe(403);
    expect(body.Code).toBe('DependencyViolation.WindowsInstance');
  });

  it('does not pay 19,800 calls for 10,000 ids of another region', async () => {
    const { ask } = await fleet(3);
    cloud.ecs.keyPairs.add('leaked-key', 'cn-beijing');
    const bad = Array.from({ length: 10_000 }, (_, k) => `i-bp1wrong${k}`);
    const { status, body } = await ask({
      body: { RegionId: 'cn-beijing', KeyPairName: 'leaked-key', InstanceIds: bad },
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      Code: 'InvalidInstanceIds.ValueNotSupported',
      TotalCount: '10000',
      FailCount: '10000',
    });
    expect(cloud.ecs.calls.length).toBeLessThan(600);
  });

  it('learns what ECS refuses: instances without the key pair cost no bisecting for ever', async () => {
    const { ids, ask } = await fleet(Array.from({ length: 500 }, (_, k) => (k % 5 === 0 ? { keyPairName: null } : {})));
    cloud.ecs.switches.notBound = 'refuse';
    const { body } = await ask(request(ids), { variables: { DETACH_CONCURRENCY: '1' } });
    expect(body).toMatchObject({ TotalCount: '500', FailCount: '100' });
    expect(cloud.ecs.bound()).toEqual([]);
    expect(cloud.ecs.calls.length).toBeLessThan(60);
  });
});

describe('a request that ECS refuses as a whole', () => {
  it('stops at the first refusal of a key pair that does not exist, and answers as ECS did', async () => {
    const { ids, ask } = await fleet(1000, { latencyMs: 5 });
    const { status, body } = await ask(
      { body: { RegionId: 'cn-hangzhou', KeyPairName: 'nosuchkey', InstanceIds: ids } },
      { variables: { DETACH_CONCURRENCY: '1' } },
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({
      Code: 'InvalidKeyPairName.NotFound',
      Message: 'The specified KeyPairName does not exist in our records.',
      KeyPairName: 'nosuchkey',
      TotalCount: '1000',
      FailCount: '1000',
    });
    expect(cloud.ecs.calls.length).toBe(1);
  });

  it('gives what a stop left unsent the code of the stop, and keeps what was detached before', async () => {
    const { ids, ask } = await fleet(120);
    cloud.ecs.script('DetachKeyPair', [
      undefined,
      {
        kind: 'answer',
        status: 400,
        code: 'InvalidSecurityToken.Expired',
        message: 'Specified SecurityToken is expired.',
      },
    ]);
    const { status, body, codes } = await ask(request(ids), { variables: { DETACH_CONCURRENCY: '1' } });
    expect(status).toBe(200);
    expect(body.FailCount).toBe('70');
    expect(codes).toEqual({ 200: 50, 'InvalidSecurityToken.Expired': 70 });
    expect(cloud.ecs.bound().length).toBe(70);
  });

  it('says nothing of the string that was signed when the signature is wrong', async () => {
    const { ids, ask } = await fleet(2);
    const { status, body } = await ask(request(ids), {
      variables: { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'not-the-secret-of-this-key' },
    });
    expect(status).toBe(400);
    expect(body.Code).toBe('SignatureDoesNotMatch');
    expect(JSON.stringify(body)).not.toMatch(/StringToSign|x-acs-|ACS3/i);
  });

  it('finds out soon that nothing is permitted', async () => {
    const { ids, ask } = await fleet(1000);
    cloud.ecs.permissions.deny('DetachKeyPair');
    const { status, body } = await ask(request(ids), { variables: { DETACH_CONCURRENCY: '2' } });
    expect(status).toBe(403);
    expect(body).toMatchObject({ Code: 'Forbidden.RAM', TotalCount: '1000', FailCount: '1000' });
    expect(body.Message).toMatch(/The right that is needed: ecs:DetachKeyPair\.$/);
    expect(cloud.ecs.calls.length).toBeLessThan(60);
  });

  it('detaches those that are permitted when a policy leaves some out', async () => {
    const { ids, ask } = await fleet(100);
    const denied = [3, 60, 61].map((k) => ids[k] ?? '');
    cloud.ecs.permissions.denyInstances(denied);
    const { body, item } = await ask(request(ids));
    expect(body.FailCount).toBe('3');
    expect(denied.map((id) => item(id)?.Code)).toEqual(['Forbidden.RAM', 'Forbidden.RAM', 'Forbidden.RAM']);
    expect(cloud.ecs.bound().sort()).toEqual([...denied].sort());
  });

  it('goes back to batches when a probe finds that some are permitted after all', async () => {
    const { ids, ask } = await fleet(300);
    cloud.ecs.permissions.denyInstances(ids.slice(0, 100));
    const { body, codes } = await ask(request(ids), { variables: { DETACH_CONCURRENCY: '1' } });
    expect(codes['200']).toBeGreaterThanOrEqual(150);
    expect(body.TotalCount).toBe('300');
    expect(cloud.ecs.bound().length).toBe(300 - Number(codes['200']));
  });
});
