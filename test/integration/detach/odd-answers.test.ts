import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { detaching, request } from '../../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function fleet(instances: number) {
  cloud = await startLocalCloud({ instances });
  return { ids: cloud.ecs.bound(), ask: detaching(cloud) };
}

const json = (body: object) => ({ kind: 'raw' as const, body: JSON.stringify(body) });
const named = (more: object) => ({ body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', ...more } });

describe('an answer of ECS that leaves things out', () => {
  it('of a detach: items without an id, a code, a message, or any list', async () => {
    const { ids, ask } = await fleet(2);
    const [first = '', second = ''] = ids;
    cloud.ecs.script('DetachKeyPair', [
      json({
        FailCount: 'many',
        Results: { Result: [{}, { InstanceId: first, Code: 'Odd', Success: 'FALSE' }, { InstanceId: second }] },
      }),
      json({ FailCount: 0 }),
    ]);
    const { item } = await ask(request(ids));
    expect(item(first)).toEqual({ Code: 'Odd', Message: 'Odd', InstanceId: first, Success: 'false' });
    expect(item(second)?.Success).toBe('true');
  });

  it('of a refusal: the message', async () => {
    const { ids, ask } = await fleet(1);
    cloud.ecs.script('DetachKeyPair', [{ kind: 'raw', status: 403, body: '{"Code":"Odd"}' }]);
    const { status, body } = await ask(request(ids));
    expect([status, body.Code, body.Message]).toEqual([403, 'Odd', 'Odd']);
  });

  it('of a failed item: what failed', async () => {
    const { ids, ask } = await fleet(1);
    cloud.ecs.onCall('DetachKeyPair', () =>
      json({ FailCount: 1, Results: { Result: [{ InstanceId: ids[0], Success: 'false', Code: 200 }] } }),
    );
    expect((await ask(request(ids))).codes).toEqual({ OutcomeUnknown: 1 });
  });

  it('of a look: instances without an id, a state, a system, a start', async () => {
    const { ids, ask } = await fleet(1);
    const since = { Verify: true, VerifySince: '2026-11-24T08:00:00Z' };
    cloud.ecs.script('DescribeInstances', [
      json({ Instances: {} }),
      json({ Instances: { Instance: [{}] } }),
      json({ Instances: { Instance: [{ InstanceId: 'i-bp1stranger' }, { InstanceId: ids[0] }] } }),
    ]);
    expect((await ask(named({ InstanceIds: ids, ...since }))).codes).toEqual({ 'Verify.RebootPending': 1 });
    cloud.ecs.script('DescribeInstances', [
      json({ Instances: { Instance: [{ InstanceId: ids[0], Status: 'Running' }] } }),
    ]);
    expect((await ask(named({ InstanceIds: ids, ...since }))).codes).toEqual({ 'Verify.RebootPending': 1 });
    cloud.ecs.script('DescribeInstances', [json({ Instances: { Instance: [] } })]);
    expect((await ask(named({ InstanceIds: ids, ...since }))).codes).toEqual({ 'InvalidInstanceId.NotFound': 1 });
  });

  it('of a search for the key pair: no list is no answer, an empty one is', async () => {
    const { ask } = await fleet(0);
    cloud.ecs.keyPairs.add('idle-key');
    cloud.ecs.script('DescribeKeyPairs', [json({}), json({ KeyPairs: {} }), json({ KeyPairs: { KeyPair: [] } })]);
    const { status, body } = await ask(named({ KeyPairName: 'idle-key', Filter: {} }));
    expect([status, body.Code]).toEqual([400, 'InvalidKeyPairName.NotFound']);
  });

  it('of a look for what became of an id, after the region has been seen', async () => {
    const { ids, ask } = await fleet(52);
    // Each batch has an id that is never answered for; the second finds the region seen already.
    cloud.ecs.onCall('DetachKeyPair', ({ instanceIds }) =>
      json({
        Results: {
          Result: instanceIds
            .filter((id) => !id.includes('nosuch'))
            .map((InstanceId) => ({ InstanceId, Success: true })),
        },
      }),
    );
    const asked = ['i-bp1nosuch0', ...ids.slice(0, 49), 'i-bp1nosuch1', ...ids.slice(49)];
    const { codes } = await ask(request(asked), { variables: { DETACH_CONCURRENCY: '1' } });
    expect(codes).toEqual({ 200: 52, 'InvalidInstanceId.NotFound': 2 });
    const looks = cloud.ecs.callsOf('DescribeInstances').map(({ instanceIds }) => instanceIds.length);
    expect(looks).toEqual([1, 0, 1]);
  });

  it('of a look at the region, when that fails too', async () => {
    const { ask } = await fleet(1);
    cloud.ecs.onCall('DetachKeyPair', () => json({ Results: { Result: [] } }));
    cloud.ecs.onCall('DescribeInstances', ({ number }) =>
      number > 1 ? { kind: 'answer', status: 403, code: 'Forbidden.RAM' } : undefined,
    );
    const { codes } = await ask(request(['i-bp1nosuch']));
    expect(codes).toEqual({ OutcomeUnknown: 1 });
  });
});

describe('an item that fails after a call without an answer', () => {
  it('counts as detached when describing shows the key pair gone', async () => {
    const { ids, ask } = await fleet(2);
    cloud.ecs.switches.notBound = 'item';
    cloud.ecs.script('DetachKeyPair', [{ kind: 'reset', applied: true }]);
    const { body } = await ask(request(ids));
    expect(body.FailCount).toBe('0');
  });

  it('has its own code when describing shows it untouched', async () => {
    const { ids, ask } = await fleet(1);
    cloud.ecs.script('DetachKeyPair', [
      { kind: 'reset', applied: false },
      { kind: 'items', fail: { which: 'all', code: 'Odd' } },
    ]);
    expect((await ask(request(ids))).codes).toEqual({ Odd: 1 });
  });

  it('with a code that leaves it open is looked at as well', async () => {
    const { ids, ask } = await fleet(1);
    cloud.ecs.onCall('DetachKeyPair', () => ({ kind: 'items', fail: { which: 'all', code: 'InternalError' } }));
    expect((await ask(request(ids))).codes).toEqual({ InternalError: 1 });
  });
});

describe('pages', () => {
  it('are served in this process as from the bundle', async () => {
    const { ask } = await fleet(0);
    expect((await ask({ method: 'GET', path: '/openapi.json' })).body['openapi']).toBe('3.1.0');
  });
});

describe('a query', () => {
  it('says DryRun=false for no dry run', async () => {
    const { ids, ask } = await fleet(1);
    const { body } = await ask({
      query: {
        RegionId: 'cn-hangzhou',
        KeyPairName: 'leaked-key',
        InstanceIds: ids.join(','),
        DryRun: 'false',
        Verify: 'false',
        Continue: 'false',
      },
    });
    expect([body['DryRun'], body.FailCount]).toEqual([undefined, '0']);
  });
});
