import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { waits } from '../../../shared/retry/backoff.ts';
import { detaching, entering, request } from '../../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function fleet(instances: number, options: CloudOptions = {}) {
  cloud = await startLocalCloud({ ...options, instances });
  const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
  return { ids, ask: detaching(cloud) };
}

const calls = () => cloud.ecs.callsOf('DetachKeyPair').length;

describe('an error that concerns every instance', () => {
  it.each([
    ['Forbidden.RAM', 403, 8],
    ['Odd.NeverSeenBefore', 400, 8],
    ['InvalidParameter', 400, 50],
    ['OperationDenied', 403, 50],
    ['IllegalTimestamp', 400, 8],
    ['Forbidden.RiskControl', 403, 8],
    ['InvalidAccount.Arrearage', 400, 8],
  ])('costs 10,000 instances at most 300 calls: %s (%i), %i at once', async (code, status, concurrency) => {
    const { ids, ask } = await fleet(10_000);
    cloud.ecs.onCall('DetachKeyPair', () => ({ kind: 'answer', status, code, message: 'no' }));
    const { body, ...answer } = await ask(request(ids), { variables: { DETACH_CONCURRENCY: String(concurrency) } });
    expect([answer.status, body.Code, body.FailCount]).toEqual([status, code, '10000']);
    expect(calls()).toBeLessThanOrEqual(300);
    expect(cloud.ecs.bound()).toHaveLength(10_000);
  });

  it('that begins half way costs at most 300 calls, and what was detached before it stays detached', async () => {
    const { ids, ask } = await fleet(10_000);
    cloud.ecs.onCall('DetachKeyPair', ({ number }) =>
      number > 100 ? { kind: 'answer', status: 403, code: 'Forbidden.Quota' } : undefined,
    );
    const { codes } = await ask(request(ids, { ReturnResults: 'All' }));
    expect(codes).toEqual({ 200: 5_000, 'Forbidden.Quota': 5_000 });
    expect(calls()).toBeLessThanOrEqual(300);
  });

  it('is an expired token under its other name too: nothing more is sent, and another run could finish it', async () => {
    const { ids, ask } = await fleet(400);
    const message = 'The specified parameter "SecurityToken.Expired" is not valid.';
    cloud.ecs.onCall('DetachKeyPair', ({ number }) =>
      number > 3 ? { kind: 'answer', status: 400, code: 'InvalidParameter', message } : undefined,
    );
    const { codes } = await ask(request(ids), { variables: { DETACH_CONCURRENCY: '1' } });
    expect(codes).toEqual({ 200: 150, 'InvalidSecurityToken.Expired': 250 });
    expect(calls()).toBe(4);
  });

  it.each([
    'InvalidAccessKeyId.Inactive',
    'InvalidSecurityToken.MismatchWithAccessKey',
    'InvalidTimeStamp.Expired',
    'IllegalTimestamp',
  ])(
    'about credentials or clock that comes half way is thrown for an event, as another run has its own: %s',
    async (code) => {
      const { ids } = await fleet(200);
      cloud.ecs.onCall('DetachKeyPair', ({ number }) =>
        number > 1 ? { kind: 'answer', status: 400, code } : undefined,
      );
      const event = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: ids };
      await expect(entering(cloud, event, { variables: { DETACH_CONCURRENCY: '1' } })).rejects.toThrow(code);
      expect(calls()).toBe(2);
    },
  );

  it('is not made of three bad instances: the others are detached', async () => {
    const { ids, ask } = await fleet(200);
    const bad = new Set(ids.slice(0, 3));
    cloud.ecs.permissions.deny('DescribeInstances');
    cloud.ecs.onCall('DetachKeyPair', ({ instanceIds }) =>
      instanceIds.some((id) => bad.has(id)) ? { kind: 'answer', status: 403, code: 'Odd' } : undefined,
    );
    const { codes } = await ask(request(ids));
    expect(codes).toEqual({ 200: 197, Odd: 3 });
  });
});

describe('a state that passes', () => {
  it.each([
    ['as an error of the whole call', 12, { kind: 'answer', status: 403, code: 'IncorrectInstanceStatus' }],
    ['as a conflict', 8, { kind: 'answer', status: 409, code: 'OperationConflict' }],
    ['as an item', 12, { kind: 'items', fail: { which: 'all', code: 'IncorrectInstanceStatus.Initializing' } }],
    ['as an item with a status for its code', 8, { kind: 'items', fail: { which: 'all', code: '503' } }],
  ] as const)('is waited for within the run: %s', async (_, times, fault) => {
    const { ids, ask } = await fleet(3);
    const [starting = ''] = ids;
    let refusals = 0;
    cloud.ecs.onCall('DetachKeyPair', ({ instanceIds }) => {
      if (!instanceIds.includes(starting) || refusals >= times) return undefined;
      refusals += 1;
      return fault.kind === 'items' ? { ...fault, fail: { ...fault.fail, which: [starting] } } : fault;
    });
    const { codes } = await ask(request(ids));
    expect(codes).toEqual({ 200: 3 });
  });

  it('keeps the other instances of its batch from nothing', async () => {
    const { factor } = waits;
    onTestFinished(() => {
      waits.factor = factor;
    });
    // With pauses, so that no call is under way when the time is up.
    waits.factor = 1;
    const { ids, ask } = await fleet(50);
    const [stuck = ''] = ids;
    cloud.ecs.onCall('DetachKeyPair', ({ instanceIds }) =>
      instanceIds.includes(stuck) ? { kind: 'answer', status: 403, code: 'IncorrectInstanceStatus' } : undefined,
    );
    const { codes, item } = await ask(request(ids), { timeoutSeconds: 6 });
    expect(codes['200']).toBe(49);
    expect(item(stuck)?.Message).toContain('IncorrectInstanceStatus');
  });
});

describe('a service that cannot be reached', () => {
  it('is named in the answer and in one line of the log, and does not take the whole time', async () => {
    const { ids, ask } = await fleet(120);
    const { body, lines } = await ask(request(ids), { variables: { ECS_ENDPOINT: 'https://ecs.{region}.invalid' } });
    expect(body.Results?.Result[0]).toMatchObject({
      Code: 'ServiceUnavailable',
      Message: expect.stringMatching(/(ENOTFOUND|EAI_AGAIN) at ecs\.cn-hangzhou\.invalid/),
    });
    const warnings = lines.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).toMatch(/ecs\.cn-hangzhou\.invalid/);
  });

  it('is no unknown outcome when the handshake fails, since nothing was sent', async () => {
    const { ids, ask } = await fleet(2);
    const { codes } = await ask(request(ids), {
      variables: { ECS_ENDPOINT: cloud.ecs.endpoint.replace('http:', 'https:') },
    });
    expect(codes).toEqual({ ServiceUnavailable: 2 });
  });

  it('is no unknown outcome when the request cannot be built', async () => {
    const { ids, ask } = await fleet(2);
    const { codes } = await ask(request(ids), { variables: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'broken\nkey' } });
    expect(codes).toEqual({ ServiceUnavailable: 2 });
  });
});

describe('a wrong name', () => {
  const wrong = { KeyPairName: 'leaked-kye' };

  it.each([
    ['a dry run', { DryRun: true }],
    ['a proof', { Verify: true, VerifySince: '2026-11-24T08:00:00Z' }],
  ])('proves nothing: %s by ids is refused as ECS refuses a detach', async (_, mode) => {
    const { ids, ask } = await fleet(2);
    const { status, body } = await ask(request(ids, { ...wrong, ...mode }));
    expect([status, body.Code]).toEqual([400, 'InvalidKeyPairName.NotFound']);
    expect(body.Message).toContain('leaked-kye in cn-hangzhou');
  });

  it('restarts nothing: an instance that has another key pair is left alone, and its own is named', async () => {
    const { ids, ask } = await fleet(2);
    const [first = '', second = ''] = ids;
    cloud.ecs.bind(second, 'another-key');
    const { body, item } = await ask(request(ids, { Reboot: true }));
    expect(body['Reboot']).toMatchObject({ TotalCount: '1', Tasks: [{ InstanceIds: [first] }] });
    expect(item(second)).toMatchObject({
      Code: '200',
      Success: 'true',
      Message: expect.stringContaining('not bound'),
      BoundKeyPairName: 'another-key',
    });
    expect(cloud.ecs.instance(second).keyPairName).toBe('another-key');
  });

  it('is told from the right one in a dry run and a proof too', async () => {
    const { ids, ask } = await fleet(2);
    const [, second = ''] = ids;
    cloud.ecs.bind(second, 'another-key');
    const dry = await ask(request(ids, { DryRun: true }));
    expect(dry.item(second)).toMatchObject({ Code: 'DryRun.NotBound', BoundKeyPairName: 'another-key' });
    const proof = await ask(request(ids, { Verify: true, VerifySince: '2030-01-01T00:00:00Z' }));
    expect(proof.item(second)).toMatchObject({ Code: 'Verify.RebootPending', BoundKeyPairName: 'another-key' });
  });
});

describe('a list that breaks off', () => {
  const all = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', Filter: {} };

  it.each([
    [400, 'InvalidNextToken'],
    [400, 'InvalidParameter'],
    [404, 'InvalidPagingToken.Expired'],
    [403, 'NextToken.NotMatch'],
  ])('is begun again when ECS has forgotten its token: %i %s', async (status, code) => {
    const { ask } = await fleet(250);
    cloud.ecs.script('DescribeInstances', [undefined, { kind: 'answer', status, code, message: 'expired' }]);
    const { body } = await ask({ body: all });
    expect([body.TotalCount, body.FailCount]).toEqual(['250', '0']);
  });

  it.each([
    ['once', 1],
    ['each time', 100],
  ])('is not the end when ECS counts more than it shows and names no next page: %s', async (_, times) => {
    const { ask } = await fleet(250);
    cloud.ecs.onCall('DescribeInstances', ({ number, parameters }) =>
      number <= times && parameters['MaxResults'] !== undefined
        ? { kind: 'items', rewrite: (body) => ({ ...body, NextToken: '', TotalCount: 250 }) }
        : undefined,
    );
    const { body } = await ask({ body: all });
    expect([body.TotalCount, body.FailCount]).toEqual(['250', '0']);
  });

  it('says that it stopped counting at the limit', async () => {
    const { ask } = await fleet(250);
    const { status, body } = await ask({ body: all }, { variables: { MAX_INSTANCES: '20' } });
    expect([status, body.Code]).toEqual([403, 'InstanceKeyPairLimitExceeded']);
    expect(body.Message).toContain('more than 20 instances');
    expect(cloud.ecs.bound()).toHaveLength(250);
  });
});

describe('little time', () => {
  it('is used for sending while nothing is in doubt', async () => {
    // Two rounds of 2.1 s out of 6 s, as two of 700 ms out of 2: a busy machine has time for both.
    const { ids, ask } = await fleet(2_000, { latencyMs: 2_100 });
    const { codes } = await ask(request(ids), { timeoutSeconds: 6.5, variables: { DEADLINE_MARGIN_MS: '500' } });
    expect(codes['200']).toBeGreaterThanOrEqual(800);
    expect(codes['OutcomeUnknown']).toBeUndefined();
  });
});
