import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { enter as enterRemoval } from '../../functions/remove-public-key/invoke.ts';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { ABSENT } from '../../local-cloud/ecs/assistant/agent.ts';
import { publicKeyFor } from '../../local-cloud/ecs/key-pairs.ts';
import { waits } from '../../shared/retry/backoff.ts';
import { detaching } from '../support/detaching.ts';
import { messaging } from '../support/messaging.ts';
import { told } from '../support/places.ts';
import { message } from './reboots/messages.ts';

waits.factor = 1;

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function start(options: CloudOptions) {
  cloud = await startLocalCloud(options);
  return detaching(cloud);
}

const LIMIT = { kind: 'bucket', perSecond: 40, burst: 1 } as const;
const callsOf = (action: string) => cloud.ecs.callsOf(action);
const refusedOf = (action: string) => callsOf(action).filter(({ status = 0 }) => status >= 400);
const named = (more: object) => ({ body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', ...more } });

/** For each call that passes. */
const MOST_REFUSED = 0.3;

describe('an operation that ECS limits is called at the pace of the limit', () => {
  it('choosing 5,000 instances by Filter', async () => {
    const ask = await start({ instances: 5_000, throttle: { DescribeInstances: LIMIT } });
    const { body } = await ask(named({ Filter: {}, DryRun: true }));
    expect(body).toMatchObject({ TotalCount: '5000', FailCount: '0' });
    expect(refusedOf('DescribeInstances').length).toBeGreaterThan(0);
    expect(callsOf('DescribeInstances').length).toBeLessThanOrEqual(50 * (1 + MOST_REFUSED));
  });

  it('proving 5,000 instances, several calls side by side', async () => {
    const ask = await start({ instances: 5_000, throttle: { DescribeInstances: { ...LIMIT, burst: 5 } } });
    const InstanceIds = cloud.ecs.instances().map(({ instanceId }) => instanceId);
    const { codes } = await ask(named({ InstanceIds, Verify: true, VerifySince: '2026-01-01T00:00:00Z' }));
    expect(codes).toEqual({ 'Verify.StillBound': 5_000 });
    expect(refusedOf('DescribeInstances').length).toBeGreaterThan(0);
    expect(callsOf('DescribeInstances').length).toBeLessThanOrEqual(50 * (1 + MOST_REFUSED));
  });

  it('searching a place for every key pair of one key', async () => {
    const ask = await start({ instances: 1, throttle: { DescribeInstances: LIMIT } });
    const PublicKey = publicKeyFor('leaked-key');
    for (let k = 0; k < 40; k++) cloud.ecs.keyPairs.add(`copy-${k}`, undefined, { publicKey: PublicKey });
    const { body } = await ask({ body: { RegionId: ['cn-hangzhou'], PublicKey, Filter: {}, DryRun: true } });
    expect(body).toMatchObject({ TotalCount: '1', PlaceFailCount: '0' });
    expect(refusedOf('DescribeInstances').length).toBeGreaterThan(0);
    expect(callsOf('DescribeInstances').length).toBeLessThanOrEqual(41 * (1 + MOST_REFUSED));
  });
});

describe('Cloud Assistant too, where one instance makes ECS refuse the command', () => {
  // Between two looks at the results; the limiter's probes come as much sooner, and more of them are refused.
  beforeAll(() => {
    waits.factor = 0.2;
  });
  afterAll(() => {
    waits.factor = 1;
  });

  it('running it, and reading its results', async () => {
    const limited = ['RunCommand', 'DescribeInvocationResults'] as const;
    const limit = { ...LIMIT, perSecond: 5 };
    await start({ instances: 16, throttle: Object.fromEntries(limited.map((action) => [action, limit])) });
    const InstanceIds = cloud.ecs.instances().map(({ instanceId }) => instanceId);
    cloud.ecs.assistant.setAgent(InstanceIds[0] ?? '', ABSENT);
    cloud.ecs.permissions.deny('DescribeCloudAssistantStatus');
    const PublicKey = publicKeyFor('leaked-key').split(' ').slice(0, 2).join(' ');
    const { ForceReboot: _, TaskId: __, ...common } = message(InstanceIds);
    const removal = { ...common, PublicKey, TimeoutSeconds: 30, Sessions: 'Keep' };
    const { codes } = await messaging(enterRemoval, cloud, removal);
    expect(codes).toEqual(['CloudAssistant.Offline', ...InstanceIds.slice(1).map(() => '200')]);
    const all = limited.flatMap((action) => callsOf(action));
    const refused = all.filter(({ code }) => code === 'Throttling.User');
    expect(refused.length).toBeGreaterThan(0);
    // Plain backoff has two refused for each that passes.
    expect(refused.length).toBeLessThan(all.length - refused.length);
  });
});

describe('what ECS says of when to come again', () => {
  const later = (ms: number) =>
    ({ kind: 'answer', status: 400, code: 'Throttling.User', headers: { 'x-acs-retry-after': String(ms) } }) as const;

  it('holds for all calls of the operation there, not for the one that was told', async () => {
    const ask = await start({ instances: 2_000 });
    const InstanceIds = cloud.ecs.instances().map(({ instanceId }) => instanceId);
    cloud.ecs.script('DescribeInstances', [later(400)]);
    const { body } = await ask(named({ InstanceIds, DryRun: true }));
    expect(body).toMatchObject({ TotalCount: '2000', FailCount: '0' });
    const [first, ...others] = callsOf('DescribeInstances');
    const within = others.filter(({ at }) => at < (first?.at ?? 0) + 390);
    // Those that were in flight.
    expect(within.length).toBeLessThanOrEqual(3);
    expect(others).toHaveLength(20);
  });

  it('is nothing to another region, which is read and detached meanwhile', async () => {
    const ask = await start({ instances: 450 });
    cloud.ecs.add(450, { regionId: 'us-east-1' });
    cloud.ecs.onCall('DescribeInstances', ({ regionId }) => (regionId === 'us-east-1' ? later(600_000) : undefined));
    const { body } = await ask({
      body: { RegionId: ['us-east-1', 'cn-hangzhou'], KeyPairName: 'leaked-key', Filter: {}, AllowDifferentKeys: true },
    });
    expect(told(body)).toEqual([
      ['us-east-1', 'leaked-key', '0', '0', 'Throttling.User'],
      ['cn-hangzhou', 'leaked-key', '450', '0', '200'],
    ]);
    const elsewhere = callsOf('DescribeInstances').filter(({ regionId }) => regionId === 'us-east-1');
    expect(elsewhere).toHaveLength(1);
  });
});

describe('an operation that ECS throttles until the time is up', () => {
  const always = { kind: 'answer', status: 400, code: 'Throttling.User' } as const;

  it.each([
    ['that lists by Filter is answered so', { Filter: {} }, [400, 'Throttling.User']],
    [
      'that finds its place by several calls says it of each place',
      { RegionId: ['cn-hangzhou'], Filter: {} },
      [400, 'Throttling.User'],
    ],
  ])('%s', async (_, more, expected) => {
    const ask = await start({ instances: 200 });
    // Far beyond the time: no probe is under way as it ends.
    cloud.ecs.onCall('DescribeInstances', () => ({ ...always, headers: { 'retry-after': '60' } }));
    const { status, body } = await ask(named(more), { timeoutSeconds: 4 });
    expect([status, body.Code]).toEqual(expected);
    expect(cloud.ecs.bound()).toHaveLength(200);
  });

  it('that proves instances by several calls is answered so, and most of its calls were never made', async () => {
    const ask = await start({ instances: 900 });
    const InstanceIds = cloud.ecs.instances().map(({ instanceId }) => instanceId);
    cloud.ecs.onCall('DescribeInstances', () => always);
    const { status, body, codes } = await ask(named({ InstanceIds, DryRun: true }), { timeoutSeconds: 4 });
    // For all; where a probe was under way as the time ended, which a busy machine can bring about, for most others.
    expect(status === 400 ? [body.Code] : Object.keys(codes)).toContain('Throttling.User');
    // One at a time finds out, at intervals that grow.
    expect(callsOf('DescribeInstances').length).toBeLessThanOrEqual(12);
  });
});
