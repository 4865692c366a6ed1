import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { portOf } from '../../../local-cloud/http/listen.ts';
import { detaching, request } from '../../support/detaching.ts';

let cloud: LocalCloud;

async function fleet(instances: number, options: CloudOptions = {}) {
  cloud = await startLocalCloud({ ...options, instances });
  const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
  return { ids, ask: detaching(cloud) };
}

const calls = () => cloud.ecs.callsOf('DetachKeyPair').map(({ instanceIds }) => instanceIds);
const actions = () => cloud.ecs.calls.map(({ action }) => action);

afterEach(() => cloud.stop());

describe('a call that fails for the moment', () => {
  it.each([
    ['throttled', { kind: 'answer', status: 400, code: 'Throttling.User' }],
    ['throttled with 429', { kind: 'answer', status: 429, code: 'Throttling' }],
    ['ECS out of order', { kind: 'answer', status: 503, code: 'ServiceUnavailable' }],
    ['an internal error, whatever its status', { kind: 'answer', status: 400, code: 'InternalError' }],
    ['a conflict', { kind: 'answer', status: 409, code: 'InvalidOperation.Conflict' }],
    ['a nonce used', { kind: 'answer', status: 400, code: 'SignatureNonceUsed' }],
    ['the page of a gateway', { kind: 'html' }],
    ['no body', { kind: 'empty' }],
    ['half an answer', { kind: 'truncated' }],
    ['an answer that is not an object', { kind: 'raw', body: '[]' }],
    ['an error without a code', { kind: 'raw', body: '{}', status: 400 }],
    ['a 200 with a Code', { kind: 'topLevelCode', code: 'Throttling' }],
    ['a 200 that says nothing', { kind: 'raw', body: '{"RequestId":"x"}' }],
    ['wrong types', { kind: 'raw', body: '{"FailCount":{},"Results":{"Result":7}}' }],
    ['a poisoned body', { kind: 'proto' }],
    ['a connection lost before', { kind: 'reset', applied: false }],
  ] as const)('is repeated: %s', async (_, fault) => {
    const { ids, ask } = await fleet(3);
    cloud.ecs.script('DetachKeyPair', [fault, fault]);
    const { status, body, codes } = await ask(request(ids));
    expect(status).toBe(200);
    expect(body.FailCount).toBe('0');
    expect(codes).toEqual({ 200: 3 });
    expect(calls()).toEqual([ids, ids, ids]);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('waits for as long as ECS says, whatever it was that failed', async () => {
    const { ids, ask } = await fleet(1);
    cloud.ecs.script('DetachKeyPair', [
      { kind: 'answer', status: 503, code: 'ServiceUnavailable', headers: { 'x-acs-retry-after': '300' } },
    ]);
    await ask(request(ids));
    const [first = 0, second = 0] = cloud.ecs.callsOf('DetachKeyPair').map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(295);
  });

  it('leaves its code as the last word at the deadline, where describing shows that nothing was done', async () => {
    const { ids, ask } = await fleet(2);
    cloud.ecs.onCall('DetachKeyPair', () => ({
      kind: 'answer',
      status: 500,
      code: 'InternalError',
      headers: { 'x-acs-retry-after': '60000' },
    }));
    const { status, body } = await ask(request(ids), { timeoutSeconds: 3 });
    expect([status, body.Code, body.FailCount]).toEqual([500, 'InternalError', '2']);
  });

  it('is not made at all without any time', async () => {
    const { ids, ask } = await fleet(2);
    const short = { timeoutSeconds: 1 };
    const plain = await ask(request(ids, { Reboot: true }), short);
    expect([plain.status, plain.codes, plain.body['Reboot']]).toEqual([
      200,
      { DeadlineExceeded: 2 },
      { TotalCount: '0', FailCount: '0', Tasks: [] },
    ]);
    const dry = await ask(request(ids, { DryRun: true }), short);
    expect([dry.codes, dry.body['DryRun']]).toEqual([{ DeadlineExceeded: 2 }, 'true']);
    const proof = await ask(request(ids, { Verify: true, VerifySince: '2026-11-24T08:00:00Z' }), short);
    expect([proof.codes, proof.body['Verify']]).toEqual([{ DeadlineExceeded: 2 }, 'true']);
    const found = await ask({ body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', Filter: {} } }, short);
    expect([found.status, found.body.Code]).toEqual([503, 'DeadlineExceeded']);
    expect(cloud.ecs.calls).toEqual([]);
  });

  it('is given up after some tries, with the code of ECS and its status', async () => {
    const { ids, ask } = await fleet(2);
    cloud.ecs.onCall('DetachKeyPair', () => ({
      kind: 'answer',
      status: 503,
      code: 'ServiceUnavailable',
      message: 'down',
    }));
    const { status, body } = await ask(request(ids));
    expect(status).toBe(503);
    expect(body).toMatchObject({ Code: 'ServiceUnavailable', Message: 'down', TotalCount: '2', FailCount: '2' });
    expect(calls().length).toBe(10);
    expect(cloud.ecs.bound()).toEqual(ids);
  });

  it('holds back all batches when one is throttled, for as long as ECS says', async () => {
    const { ids, ask } = await fleet(400);
    cloud.ecs.script('DetachKeyPair', [
      { kind: 'answer', status: 400, code: 'Throttling.User', headers: { 'x-acs-retry-after': '400' } },
    ]);
    const { body } = await ask(request(ids), { variables: { DETACH_CONCURRENCY: '2' } });
    expect(body.FailCount).toBe('0');
    const times = cloud.ecs.callsOf('DetachKeyPair').map(({ at }) => at);
    const [first = 0] = times;
    // Two were under way when the hint came; everything after waited for it.
    expect(times.filter((at) => at < first + 390).length).toBeLessThanOrEqual(2);
  });

  it('is not waited for beyond the deadline: what was only refused is untouched', async () => {
    const { ids, ask } = await fleet(60);
    cloud.ecs.script('DetachKeyPair', [
      undefined,
      { kind: 'answer', status: 400, code: 'Throttling.User', headers: { 'x-acs-retry-after': '3600000' } },
    ]);
    const { status, body, codes, item } = await ask(request(ids), { variables: { DETACH_CONCURRENCY: '1' } });
    expect(status).toBe(200);
    expect(body.FailCount).toBe('10');
    expect(codes).toEqual({ 200: 50, DeadlineExceeded: 10 });
    expect(item(ids[59] ?? '')?.Message).toContain('Throttling.User');
    expect(cloud.ecs.bound()).toEqual(ids.slice(50));
  });
});

describe('a call without an answer', () => {
  it('is asked again when the connection was cut after the change', async () => {
    const { ids, ask } = await fleet(3);
    cloud.ecs.script('DetachKeyPair', [{ kind: 'reset', applied: true }]);
    const { body } = await ask(request(ids));
    expect(body.FailCount).toBe('0');
    expect(calls().length).toBe(2);
  });

  it('counts as detached what ECS refuses to detach twice, once describing shows the key pair gone', async () => {
    const { ids, ask } = await fleet(3);
    cloud.ecs.switches.notBound = 'refuse';
    cloud.ecs.script('DetachKeyPair', [{ kind: 'reset', applied: true }]);
    const { body, codes } = await ask(request(ids));
    expect(body.FailCount).toBe('0');
    expect(codes).toEqual({ 200: 3 });
    expect(actions()).toEqual(['DetachKeyPair', 'DetachKeyPair', 'DescribeInstances']);
  });

  it('is unknown when ECS refuses the repeat and describing is not permitted', async () => {
    const { ids, ask } = await fleet(2);
    cloud.ecs.switches.notBound = 'refuse';
    cloud.ecs.permissions.deny('DescribeInstances');
    cloud.ecs.script('DetachKeyPair', [{ kind: 'reset', applied: true }]);
    const { status, codes } = await ask(request(ids));
    expect(status).toBe(200);
    expect(codes).toEqual({ OutcomeUnknown: 2 });
  });

  it('is cut when it takes longer than ECS_TIMEOUT_MS, and asked again', async () => {
    const { ids, ask } = await fleet(2);
    cloud.ecs.script('DetachKeyPair', [
      { kind: 'hang', applied: false },
      { kind: 'drip', everyMs: 20, bytes: 1 },
    ]);
    const { body } = await ask(request(ids), { variables: { ECS_TIMEOUT_MS: '150' } });
    expect(body.FailCount).toBe('0');
    expect(calls().length).toBe(3);
  });

  it('answers at the deadline with what it has when ECS hangs for ever', async () => {
    const { ids, ask } = await fleet(120);
    let served = 0;
    cloud.ecs.onCall('DetachKeyPair', () => (served++ === 0 ? undefined : { kind: 'hang', applied: true }));
    const startedAt = Date.now();
    const { status, codes } = await ask(request(ids), {
      timeoutSeconds: 4,
      variables: { DEADLINE_MARGIN_MS: '500', DETACH_CONCURRENCY: '1' },
    });
    expect(Date.now() - startedAt).toBeLessThan(4_000);
    expect(status).toBe(200);
    // The second batch was applied without an answer: describing says so. The third was never sent.
    expect(codes).toEqual({ 200: 100, DeadlineExceeded: 20 });
  });

  it('stays unknown when it may still be carried out', async () => {
    const { ids, ask } = await fleet(2);
    cloud.ecs.onCall('DetachKeyPair', () => ({ kind: 'hang', applied: false }));
    const { codes } = await ask(request(ids), { timeoutSeconds: 1, variables: { DEADLINE_MARGIN_MS: '300' } });
    expect(codes).toEqual({ OutcomeUnknown: 2 });
  });

  it('says that an instance is missing when describing shows it', async () => {
    const { ids, ask } = await fleet(2);
    const ghost = 'i-bp1nosuch';
    cloud.ecs.onCall('DetachKeyPair', ({ instanceIds }) => ({
      kind: 'raw',
      body: JSON.stringify({
        Results: {
          Result: instanceIds.filter((id) => id !== ghost).map((InstanceId) => ({ InstanceId, Success: true })),
        },
      }),
    }));
    const { item } = await ask(request([...ids, ghost]));
    expect(item(ghost)).toMatchObject({ Code: 'InvalidInstanceId.NotFound', Success: 'false' });
    expect(calls()).toEqual([[...ids, ghost], [ghost], [ghost]]);
  });

  it('does not call an instance missing where nothing at all is shown', async () => {
    const { ids, ask } = await fleet(1);
    cloud.ecs.switches.describeWithoutPermission = 'empty';
    cloud.ecs.permissions.deny('DescribeInstances');
    cloud.ecs.onCall('DetachKeyPair', () => ({ kind: 'raw', body: '{"Results":{"Result":[]}}' }));
    const { codes } = await ask(request(ids));
    expect(codes).toEqual({ OutcomeUnknown: 1 });
  });
});

describe('an ECS that cannot be reached', () => {
  it('is said to be so for every instance, without trying each batch for ever', async () => {
    const { ids } = await fleet(120);
    const ask = detaching(cloud, { variables: { ECS_ENDPOINT: 'http://127.0.0.1:1' } });
    const { status, codes } = await ask(request(ids));
    expect(status).toBe(200);
    expect(codes).toEqual({ ServiceUnavailable: 120 });
  });

  it('is told from a slow one: nothing was sent to a host that never ends its handshake', async () => {
    const { ids } = await fleet(1);
    const mute = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const variables = { ECS_ENDPOINT: `https://127.0.0.1:${portOf(mute)}`, ECS_TIMEOUT_MS: '100' };
    const ask = detaching(cloud, { variables: { ...variables, DEADLINE_MARGIN_MS: '500' } });
    const { codes } = await ask(request(ids), { timeoutSeconds: 1 });
    mute.close();
    expect(codes).toEqual({ ServiceUnavailable: 1 });
  });
});

describe('what stands inside a 200', () => {
  it.each(['strings', 'numbers', 'captured'] as const)('is read whatever JSON types it has: %s', async (wireTypes) => {
    const { ids, ask } = await fleet(3);
    Object.assign(cloud.ecs.switches, { wireTypes, badInstance: 'item' });
    const { body, item } = await ask(request([...ids, 'i-bp1nosuch']));
    expect(body).toMatchObject({ TotalCount: '4', FailCount: '1' });
    expect(item('i-bp1nosuch')).toMatchObject({ Success: 'false', Code: 'InvalidInstanceId.NotFound' });
    expect(calls().length).toBe(1);
  });

  it('stays a 200 when every item failed with one code', async () => {
    const { ask } = await fleet(1);
    cloud.ecs.switches.badInstance = 'item';
    const { status, codes } = await ask(request(['i-bp1nosuch0', 'i-bp1nosuch1']));
    expect(status).toBe(200);
    expect(codes).toEqual({ 'InvalidInstanceId.NotFound': 2 });
  });

  it.each(['last', 'successful', 'all'] as const)(
    'counts missing items (%s) as detached when FailCount accounts for them',
    async (omitItems) => {
      const { ids, ask } = await fleet(3);
      cloud.ecs.switches.omitItems = omitItems;
      const { body } = await ask(request(ids));
      expect(body).toMatchObject({ TotalCount: '3', FailCount: '0' });
      expect(calls().length).toBe(1);
    },
  );

  it('asks again for an id that FailCount may be about', async () => {
    const { ids, ask } = await fleet(2);
    const [first = '', second = ''] = ids;
    cloud.ecs.script('DetachKeyPair', [
      { kind: 'raw', body: JSON.stringify({ FailCount: 1, Results: { Result: [{ InstanceId: first, Code: 200 }] } }) },
    ]);
    const { body } = await ask(request(ids));
    expect(body.FailCount).toBe('0');
    expect(calls()).toEqual([ids, [second]]);
  });

  it('retries alone an item that may pass, and keeps its code when it never does', async () => {
    const { ids, ask } = await fleet(2);
    const [good = '', busy = ''] = ids;
    const answer = (instanceIds: readonly string[]) => ({
      kind: 'raw' as const,
      body: JSON.stringify({
        FailCount: '1',
        Results: {
          Result: instanceIds.map((id) =>
            id === busy
              ? { InstanceId: id, Code: 'InvalidOperation.Conflict', Message: 'busy', Success: 'false' }
              : { InstanceId: id, Code: '200', Success: 'true' },
          ),
        },
      }),
    });
    cloud.ecs.onCall('DetachKeyPair', ({ instanceIds }) => answer(instanceIds));
    const { item } = await ask(request(ids));
    expect(item(good)?.Success).toBe('true');
    expect(item(busy)).toMatchObject({ Code: 'InvalidOperation.Conflict', Message: 'busy' });
    expect(calls()[1]).toEqual([busy]);
  });

  it('holds all batches back for an item that was throttled', async () => {
    const { ids, ask } = await fleet(1);
    const throttled = {
      FailCount: '1',
      Results: { Result: [{ InstanceId: ids[0], Code: 'Throttling.User', Success: 'false' }] },
    };
    cloud.ecs.script('DetachKeyPair', [{ kind: 'raw', body: JSON.stringify(throttled) }]);
    const { body } = await ask(request(ids));
    expect(body.FailCount).toBe('0');
  });

  it('ignores items for instances that were not sent, and says so in the log', async () => {
    const { ids, ask } = await fleet(1);
    const items = [
      { InstanceId: 'i-bp1stranger', Success: 'false', Code: 'Odd' },
      { InstanceId: ids[0], Success: 'true' },
    ];
    cloud.ecs.script('DetachKeyPair', [
      { kind: 'raw', body: JSON.stringify({ FailCount: '0', Results: { Result: items } }) },
    ]);
    const { body, lines } = await ask(request(ids));
    expect(body.Results?.Result.map(({ InstanceId }) => InstanceId)).toEqual(ids);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', strangers: ['i-bp1stranger'] }));
  });

  it('does not believe an answer that contradicts itself', async () => {
    const { ids, ask } = await fleet(1);
    const items = [
      { InstanceId: ids[0], Success: 'true' },
      { InstanceId: ids[0], Success: 'false', Code: 'Odd' },
      { InstanceId: ids[0], Success: 'true' },
    ];
    cloud.ecs.script('DetachKeyPair', [
      { kind: 'raw', body: JSON.stringify({ FailCount: '0', Results: { Result: items } }) },
    ]);
    const { body } = await ask(request(ids));
    expect(body.FailCount).toBe('0');
    expect(calls().length).toBe(2);
  });
});
