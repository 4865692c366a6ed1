import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { bundledCloud, post } from '../../support/bundled-cloud.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const ids = () => cloud.ecs.instances().map(({ instanceId }) => instanceId);

describe('the built bundle, in a process of its own without node_modules', () => {
  it('answers over HTTP as the operation page does', async () => {
    cloud = await bundledCloud({ instances: 2 });
    const { status, headers, body } = await post(cloud, { InstanceIds: ids() });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-acs-request-id')).toBe(body['RequestId']);
    expect(body).toEqual({
      KeyPairName: 'leaked-key',
      RequestId: headers.get('x-fc-request-id'),
      TotalCount: '2',
      FailCount: '0',
      Results: {
        Result: ids().map((id) => ({ Code: '200', Message: 'successful', InstanceId: id, Success: 'true' })),
      },
    });
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('signs with the temporary credentials of its role, and takes new ones when they rotate in a warm instance', async () => {
    cloud = await bundledCloud({ instances: 2 });
    const [first = '', second = ''] = ids();
    expect((await post(cloud, { InstanceIds: [first] })).body.FailCount).toBe('0');
    cloud.ecs.expireCredentials();
    expect((await post(cloud, { InstanceIds: [second] })).body.FailCount).toBe('0');
    const tokens = cloud.ecs.calls.map(({ headers }) => headers['x-acs-security-token']);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens).not.toContain(undefined);
  });

  it('says that it has no role', async () => {
    cloud = await bundledCloud({ instances: 1, detach: { role: false } });
    const { status, body } = await post(cloud, { InstanceIds: ids() });
    expect([status, body.Code]).toEqual([500, 'InternalError']);
    expect(cloud.fc.logs('detach-key-pair').join('\n')).toContain('the function has no role');
  });

  it.each([51, 120, 1000])('detaches %i instances, names the bad ones', async (count) => {
    cloud = await bundledCloud({ instances: count });
    const bad = ['i-bp1nosuch1', 'i-bp1nosuch2', 'i-bp1nosuch3'];
    const { body, item } = await post(cloud, { InstanceIds: [...bad, ...ids()] });
    expect(body).toMatchObject({ TotalCount: String(count + 3), FailCount: '3' });
    expect(bad.map((id) => item(id)?.Code)).toEqual(bad.map(() => 'InvalidInstanceIds.ValueNotSupported'));
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('answers before it would be killed while ECS hangs, and is well when thawed', async () => {
    cloud = await bundledCloud({ instances: 120, detach: { timeoutSeconds: 3 } });
    cloud.ecs.onCall('DetachKeyPair', () => ({ kind: 'hang', applied: false }));
    const { status, body } = await post(cloud, { InstanceIds: ids() });
    expect([status, body.FailCount]).toEqual([200, '120']);
    const calls = cloud.ecs.calls.length;
    cloud.ecs.onCall('DetachKeyPair', undefined);
    expect(cloud.ecs.calls.length).toBe(calls);
    expect((await post(cloud, { InstanceIds: ids() })).body.FailCount).toBe('0');
  });

  it('answers GET /healthz and refuses what it does not know', async () => {
    cloud = await bundledCloud();
    const health = await fetch(`${cloud.fc.triggerUrl}healthz`);
    expect([health.status, await health.json()]).toEqual([200, { Status: 'ok' }]);
    const { status, body } = await post(cloud, { InstanceIds: ['i-bp1aaaa'], Rebot: true });
    expect([status, body.Code]).toEqual([400, 'InvalidParameter']);
  });

  it('writes one JSON object a line, each with the request id, and first which guards are on', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const { body } = await post(cloud, { InstanceIds: ids() });
    const lines = cloud.fc.logs('detach-key-pair').map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { event: 'guards', level: 'info', HTTP_CALLERS: 'any', ALLOWED_KEY_PAIRS: '*' },
      { event: 'request', level: 'info', requestId: body['RequestId'], keyPairName: 'leaked-key', instances: 1 },
      { event: 'response', level: 'info', requestId: body['RequestId'], total: 1, failed: 0, codes: { 200: 1 } },
    ]);
  });
});
