import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import { instanceIdAt } from '../ecs/instance.ts';
import type { Fault } from '../ecs/state.ts';
import { rpcCall, rpcJson, signedUrl } from './rpc-call.ts';

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = await startLocalCloud({ instances: 3 });
});
afterEach(() => cloud.stop());

const IDS = [instanceIdAt(0), instanceIdAt(1), instanceIdAt(2)] as const;
const parameters = { KeyPairName: 'leaked-key', InstanceIds: JSON.stringify(IDS) };
const detach = () => rpcCall(cloud, 'DetachKeyPair', parameters);
const detachJson = () => rpcJson(cloud, 'DetachKeyPair', parameters);
const script = (...faults: (Fault | undefined)[]) => cloud.ecs.script('DetachKeyPair', faults);
const untouched = () => cloud.ecs.bound().length === IDS.length;

describe('scripted faults', () => {
  it('come in order, one a call, and let the rest through', async () => {
    script({ kind: 'empty', status: 503 }, undefined, { kind: 'html' });
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await detach()).status);
    expect(statuses).toEqual([503, 200, 502, 200]);
    expect(cloud.ecs.calls.map((call) => call.fault)).toEqual(['empty', undefined, 'html', undefined]);
  });

  it('can come from a function that sees the call', async () => {
    cloud.ecs.onCall('DetachKeyPair', ({ number, instanceIds }) =>
      number === 2 && instanceIds.includes(IDS[0]) ? { kind: 'html' } : undefined,
    );
    expect([(await detach()).status, (await detach()).status, (await detach()).status]).toEqual([200, 502, 200]);
  });

  it('answer in the shape of ECS, with headers', async () => {
    const headers = { 'x-acs-retry-after': '250' };
    script({ kind: 'answer', status: 503, code: 'ServiceUnavailable', message: 'Later.', headers });
    const { status, text, headers: sent } = await detach();
    expect([status, sent.get('x-acs-retry-after')]).toEqual([503, '250']);
    expect(JSON.parse(text)).toMatchObject({
      Code: 'ServiceUnavailable',
      Message: 'Later.',
      RequestId: expect.any(String),
    });
    expect(untouched()).toBe(true);
    expect(cloud.ecs.calls).toMatchObject([{ status: 503, code: 'ServiceUnavailable' }]);
  });

  it('can answer an error for what was done', async () => {
    script({ kind: 'answer', status: 500, code: 'InternalError', applied: true });
    expect((await detach()).status).toBe(500);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it.each<[Fault, number, RegExp]>([
    [{ kind: 'empty' }, 200, /^$/],
    [{ kind: 'html' }, 502, /^<html>/],
    [{ kind: 'raw', body: 'null', status: 404 }, 404, /^null$/],
    [{ kind: 'proto' }, 200, /"__proto__"/],
    [{ kind: 'topLevelCode', code: 'InternalError' }, 200, /"Code":"InternalError"/],
  ])('can send what is no answer: %j', async (fault, status, text) => {
    script(fault);
    expect(await detach()).toMatchObject({ status, text: expect.stringMatching(text) });
    expect(untouched()).toBe(true);
  });

  it('can cut the true answer in half', async () => {
    script({ kind: 'truncated' });
    const { text } = await detach();
    expect(() => JSON.parse(text)).toThrow();
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it.each([true, false])('can reset the connection, applied: %s', async (applied) => {
    script({ kind: 'reset', applied });
    await expect(detach()).rejects.toThrow('fetch failed');
    expect(untouched()).toBe(!applied);
    expect(cloud.ecs.calls[0]).not.toHaveProperty('status');
  });

  it.each([true, false])('can hang, applied: %s', async (applied) => {
    const url = signedUrl(cloud.ecs.endpoint, cloud.ecs.credentials, 'DetachKeyPair', parameters);
    script({ kind: 'hang', applied });
    await expect(fetch(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/aborted/);
    expect(untouched()).toBe(!applied);
  });

  it('can be slow, in whole or byte by byte', async () => {
    script({ kind: 'latency', latencyMs: 30 }, { kind: 'drip', bytes: 40, everyMs: 1 });
    expect((await detach()).status).toBe(200);
    expect(await detachJson()).toMatchObject({ status: 200, body: { FailCount: '0' } });
  });

  it('can fail, omit, forget and invent items', async () => {
    script({
      kind: 'items',
      fail: { which: [IDS[0]], code: 'Throttling' },
      omit: [IDS[1]],
      forget: [IDS[2]],
      strangers: ['i-stranger'],
    });
    expect(await detachJson()).toMatchObject({
      body: {
        TotalCount: '3',
        FailCount: '2',
        Results: {
          Result: [
            { InstanceId: IDS[0], Success: 'false', Code: 'Throttling' },
            { InstanceId: 'i-stranger', Success: 'true' },
          ],
        },
      },
    });
    expect(cloud.ecs.bound()).toEqual([IDS[0], IDS[2]]);
  });

  it('can count wrong, change types, and rewrite the answer', async () => {
    script(
      { kind: 'items', fail: { which: 'first', code: 'X' }, failCount: 'absent', wireTypes: 'numbers' },
      { kind: 'items', failCount: 7 },
      { kind: 'items', rewrite: (body) => ({ ...body, Results: { Result: null } }) },
    );
    const { body } = await detachJson();
    expect(body).toMatchObject({ TotalCount: 3, Results: { Result: [{ Success: false }, { Success: true }, {}] } });
    expect(body).not.toHaveProperty('FailCount');
    expect(await detachJson()).toMatchObject({ body: { FailCount: '7' } });
    expect(await detachJson()).toMatchObject({ body: { Results: { Result: null } } });
  });

  it('reach reboots too', async () => {
    cloud.ecs.script('RebootInstances', [{ kind: 'items', fail: { which: 'all', code: 'Throttling' } }]);
    const reboot = () => rpcJson(cloud, 'RebootInstances', { 'InstanceId.1': IDS[0] });
    expect(await reboot()).toMatchObject({
      body: { InstanceResponses: { InstanceResponse: [{ Code: 'Throttling' }] } },
    });
    expect(cloud.ecs.instance(IDS[0]).reboots).toEqual([]);
  });

  it('do not excuse a wrong signature', async () => {
    script({ kind: 'empty' });
    const url = signedUrl(
      cloud.ecs.endpoint,
      { ...cloud.ecs.credentials, accessKeySecret: 'x' },
      'DetachKeyPair',
      parameters,
    );
    expect((await fetch(url)).status).toBe(400);
    expect((await detach()).text).toBe('');
  });
});
