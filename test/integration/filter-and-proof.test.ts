import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud, post } from '../support/bundled-cloud.ts';
import { detaching } from '../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const codes = (body: { Results?: { readonly Result: readonly { readonly Code: string }[] } }) => {
  const counted: Record<string, number> = {};
  for (const { Code } of body.Results?.Result ?? []) counted[Code] = (counted[Code] ?? 0) + 1;
  return counted;
};

describe('a fleet of 2,300 found by Filter', () => {
  it('is dry-run, detached with reboots, and proven: pending first, then revoked', async () => {
    cloud = await bundledCloud({ instances: 2300 });
    const dry = await post(cloud, { Filter: {}, DryRun: true, Reboot: { IntervalSeconds: 60 } });
    expect([dry.status, dry.body['DryRun'], dry.body['Reboot'], dry.body.FailCount]).toEqual([
      200,
      'true',
      undefined,
      '0',
    ]);
    expect(codes(dry.body)).toEqual({ 'DryRun.WouldDetach': 2300 });
    expect(cloud.ecs.callsOf('DescribeInstances').length).toBeLessThanOrEqual(24);
    expect(cloud.ecs.callsOf('DetachKeyPair')).toEqual([]);

    const since = new Date(cloud.clock.now()).toISOString();
    const before = cloud.ecs.callsOf('DescribeInstances').length;
    const detached = await post(cloud, { Filter: {}, Reboot: { IntervalSeconds: 60 } });
    expect(detached.body).toMatchObject({
      TotalCount: '2300',
      FailCount: '0',
      Reboot: { TotalCount: '2300', FailCount: '0' },
    });
    expect(cloud.ecs.callsOf('DescribeInstances').length - before).toBeLessThanOrEqual(24);

    const InstanceIds = cloud.ecs.instances().map(({ instanceId }) => instanceId);
    const pending = await post(cloud, { InstanceIds, Verify: true, VerifySince: since });
    expect([pending.status, pending.body['Verify']]).toEqual([200, 'true']);
    expect(codes(pending.body)).toEqual({ 'Verify.RebootPending': 2300 });

    await cloud.fc.drain();
    cloud.clock.advance(60_000);
    const proven = await post(cloud, { InstanceIds, Verify: true, VerifySince: since });
    expect(proven.body.FailCount).toBe('0');
    expect(codes(proven.body)).toEqual({ 'Verify.Revoked': 2300 });
  });
});

async function fleet(seeds: NonNullable<Parameters<typeof startLocalCloud>[0]>['instances']) {
  cloud = await startLocalCloud({ ...(seeds !== undefined && { instances: seeds }) });
  return { ids: cloud.ecs.instances().map(({ instanceId }) => instanceId), ask: detaching(cloud) };
}

describe('what a dry run and a verification show of an instance', () => {
  const shown = { Status: 'Running', InstanceName: /^name-of-i-/, ZoneId: 'cn-hangzhou-a', PrivateIp: '10.0.0.0' };
  const modes = [
    ['a dry run by ids', { DryRun: true }],
    ['a verification', { Verify: true, VerifySince: '2026-01-01T00:00:00Z' }],
  ] as const;

  it.each(modes)('%s names it, with address, zone and tags', async (_, mode) => {
    const { ids, ask } = await fleet([{ tags: { env: 'prod' } }]);
    const { body } = await ask(named({ InstanceIds: ids, ...mode }));
    expect(body.Results?.Result[0]).toMatchObject({
      ...shown,
      InstanceName: expect.stringMatching(shown.InstanceName),
      Tags: [{ Key: 'env', Value: 'prod' }],
    });
  });

  it('is left out before any instance is, where the answer would be too long', async () => {
    const { ids, ask } = await fleet(3);
    const request = named({ Filter: {}, DryRun: true });
    const whole = await ask(request);
    expect(whole.body.Results?.Result[0]).toHaveProperty('InstanceName');
    const { body } = await ask(request, { variables: { MAX_RESPONSE_BYTES: '900' } });
    expect(body).not.toHaveProperty('ResultsTruncated');
    expect(body.Results?.Result.map(({ InstanceId }) => InstanceId)).toEqual(ids);
    expect(body.Results?.Result[0]).not.toHaveProperty('InstanceName');
  });

  it('is not part of the answer to a detach', async () => {
    const { ids, ask } = await fleet(1);
    const { body } = await ask(named({ InstanceIds: ids, Online: false, Reboot: true }));
    expect(Object.keys(body.Results?.Result[0] ?? {})).toEqual(['Code', 'Message', 'InstanceId', 'Success']);
  });
});

const named = (more: object) => ({ body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', ...more } });

describe('Filter', () => {
  it('takes the instances that have the key pair and the tags', async () => {
    const { ids, ask } = await fleet([
      { tags: { env: 'prod', team: 'a' } },
      { tags: { env: 'test' } },
      { tags: { env: 'prod' }, keyPairName: null },
      { tags: { env: 'prod' } },
    ]);
    const byValue = await ask(named({ Filter: { Tags: [{ Key: 'env', Value: 'prod' }] }, DryRun: true }));
    expect(byValue.body.Results?.Result.map(({ InstanceId }) => InstanceId)).toEqual([ids[0], ids[3]]);
    const byKey = await ask(named({ Filter: { Tags: [{ Key: 'team' }] } }));
    expect(byKey.body).toMatchObject({ TotalCount: '1', FailCount: '0' });
    expect(cloud.ecs.instance(ids[0] ?? '').keyPairName).toBeUndefined();
  });

  it('comes in a query as JSON text', async () => {
    const { ask } = await fleet(2);
    const { body } = await ask({
      query: {
        RegionId: 'cn-hangzhou',
        KeyPairName: 'leaked-key',
        Filter: '{}',
        DryRun: 'true',
        Reboot: '{"BatchSize":1}',
      },
    });
    expect(body).toMatchObject({ TotalCount: '2', DryRun: 'true' });
  });

  it('finds nothing: 200 where the key pair exists, the error of ECS where it does not', async () => {
    const { ask } = await fleet(0);
    cloud.ecs.keyPairs.add('idle-key');
    const idle = await ask(named({ KeyPairName: 'idle-key', Filter: {} }));
    expect([idle.status, idle.body]).toMatchObject([200, { TotalCount: '0', FailCount: '0', Results: { Result: [] } }]);
    const gone = await ask(named({ KeyPairName: 'gone-key', Filter: {} }));
    expect([gone.status, gone.body.Code]).toEqual([400, 'InvalidKeyPairName.NotFound']);
  });

  it('finds more than may be: nothing is detached', async () => {
    const { ask } = await fleet(250);
    const { status, body } = await ask(named({ Filter: {} }), { variables: { MAX_INSTANCES: '120' } });
    expect([status, body.Code]).toEqual([403, 'InstanceKeyPairLimitExceeded']);
    expect(body.Message).toContain('120');
    expect(cloud.ecs.bound()).toHaveLength(250);
  });

  it('is answered with the error that listing met', async () => {
    const { ask } = await fleet(1);
    cloud.ecs.permissions.deny('DescribeInstances');
    const denied = await ask(named({ Filter: {} }));
    expect([denied.status, denied.body.Code]).toEqual([403, 'Forbidden.RAM']);
    const unreached = await ask(named({ Filter: {} }), { variables: { ECS_ENDPOINT: 'http://127.0.0.1:1' } });
    expect([unreached.status, unreached.body.Code]).toEqual([503, 'ServiceUnavailable']);
  });

  it('survives a page that fails for the moment', async () => {
    const { ask } = await fleet(150);
    cloud.ecs.script('DescribeInstances', [
      undefined,
      { kind: 'answer', status: 400, code: 'Throttling' },
      { kind: 'html' },
      { kind: 'raw', body: '{}' },
    ]);
    expect((await ask(named({ Filter: {} }))).body).toMatchObject({ TotalCount: '150', FailCount: '0' });
  });
});

describe('DryRun', () => {
  it('says of each instance what would happen, and changes nothing', async () => {
    const { ids, ask } = await fleet([{}, { keyPairName: null }, { osType: 'windows' }]);
    const { status, body } = await ask(named({ InstanceIds: [...ids, 'i-bp1nosuch'], DryRun: true }));
    expect([status, body.TotalCount, body.FailCount]).toEqual([200, '4', '3']);
    expect(body.Results?.Result.map(({ Code, Success }) => [Code, Success])).toEqual([
      ['DryRun.WouldDetach', 'true'],
      ['DryRun.NotBound', 'false'],
      ['DependencyViolation.WindowsInstance', 'false'],
      ['InvalidInstanceId.NotFound', 'false'],
    ]);
    expect(cloud.ecs.callsOf('DetachKeyPair')).toEqual([]);
  });

  it('stays a 200 when nothing would be detached', async () => {
    const { ask } = await fleet(1);
    const { status, codes: counted } = await ask(
      named({ InstanceIds: ['i-bp1nosuch0', 'i-bp1nosuch1'], DryRun: true }),
    );
    expect([status, counted]).toEqual([200, { 'InvalidInstanceId.NotFound': 2 }]);
  });

  it('cannot look without permission, and asks no more than once for each list under way', async () => {
    const { ask } = await fleet(1);
    cloud.ecs.permissions.deny('DescribeInstances');
    const many = Array.from({ length: 3000 }, (_, k) => `i-bp1many${k}`);
    const { status, body } = await ask(named({ InstanceIds: many, DryRun: true }));
    expect([status, body.Code, body.FailCount]).toEqual([403, 'Forbidden.RAM', '3000']);
    expect(cloud.ecs.calls.length).toBeLessThanOrEqual(4);
  });

  it('says which instances it had no time to look at', async () => {
    const { ids, ask } = await fleet(1);
    cloud.ecs.onCall('DescribeInstances', () => ({
      kind: 'answer',
      status: 400,
      code: 'Throttling',
      headers: { 'x-acs-retry-after': '90000' },
    }));
    const { status, body } = await ask(named({ InstanceIds: ids, DryRun: true }));
    expect([status, body.Code]).toEqual([400, 'Throttling']);
  });
});

describe('Verify', () => {
  it('proves nothing by a start in the very minute', async () => {
    const since = Date.parse('2026-11-24T08:30:20Z');
    const { ids, ask } = await fleet([
      { keyPairName: null, startTime: Date.parse('2026-11-24T08:31:00Z') },
      { keyPairName: null, startTime: Date.parse('2026-11-24T08:30:50Z') },
      { keyPairName: null, startTime: Date.parse('2026-11-24T08:40:00Z'), status: 'Stopped' },
      { keyPairName: 'leaked-key', startTime: Date.parse('2026-11-24T08:40:00Z') },
    ]);
    const { body } = await ask(
      named({ InstanceIds: [...ids, 'i-bp1nosuch'], Verify: true, VerifySince: new Date(since).toISOString() }),
    );
    expect(body.Results?.Result.map(({ Code }) => Code)).toEqual([
      'Verify.Revoked',
      'Verify.RebootPending',
      'Verify.RebootPending',
      'Verify.StillBound',
      'InvalidInstanceId.NotFound',
    ]);
    expect(cloud.ecs.callsOf('DetachKeyPair')).toEqual([]);
  });

  it.each([
    [{ Verify: true }, 'MissingParameter', 'VerifySince'],
    [{ VerifySince: '2026-11-24T08:30:20Z' }, 'InvalidParameter', 'VerifySince'],
    [{ Verify: true, VerifySince: 'yesterday' }, 'InvalidParameter', 'VerifySince'],
    [{ Verify: true, VerifySince: '2026-13-45T99:99:99Z' }, 'InvalidParameter', 'VerifySince'],
    [{ Verify: true, VerifySince: '2026-02-30T00:00:00Z' }, 'InvalidParameter', 'VerifySince'],
    [{ Verify: true, DryRun: true, VerifySince: '2026-11-24T08:30:20Z' }, 'InvalidParameter', 'DryRun'],
    [{ Verify: 'true' }, 'InvalidParameter', 'Verify'],
    [{ Filter: {} }, 'InvalidParameter', 'Filter'],
    [{ InstanceIds: undefined, Filter: { Tags: [{ Value: 'x' }] } }, 'InvalidParameter', 'Key'],
    [{ InstanceIds: undefined, Filter: { Tag: [] } }, 'InvalidParameter', 'Filter.Tag'],
    [{ Reboot: { BatchSize: 101 } }, 'InvalidParameter', 'BatchSize'],
    [{ Reboot: { Force: true } }, 'InvalidParameter', 'Reboot.Force'],
    [{ Reboot: null }, 'InvalidParameter', 'Reboot'],
    [
      { InstanceIds: ['i-aaa', 'i-bbb'], Reboot: { BatchSize: 1, IntervalSeconds: 2, DelaySeconds: 86_399 } },
      'InvalidParameter',
      '86401 s',
    ],
    [{ Reboot: { DelaySeconds: 86_401 } }, 'InvalidParameter', 'DelaySeconds'],
    [{ RoleArn: 'acs:ram::1:role/other' }, 'Forbidden.RoleArn', 'role'],
    [{ RoleArn: 'admin' }, 'InvalidParameter', 'RoleArn'],
  ] as const)('and the like refuse %j', async (fields, code, word) => {
    const { ask } = await fleet(0);
    const { body } = await ask(named({ InstanceIds: ['i-bp1nosuch'], ...fields }));
    expect(body.Code).toBe(code);
    expect(body.Message).toContain(word);
    expect(cloud.ecs.calls).toEqual([]);
  });

  it.each([
    ['Filter', '{'],
    ['Reboot', 'yes'],
    ['DryRun', 'True'],
  ])('in a query, %s=%s is refused', async (name, text) => {
    const { ask } = await fleet(0);
    const { body } = await ask({
      query: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: 'i-bp1nosuch', [name]: text },
    });
    expect([body.Code, body.Message]).toEqual(['InvalidParameter', expect.stringContaining(name)]);
  });
});
