import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../cloud.ts';
import { instanceIdAt } from '../ecs/instance.ts';
import { type Parameters, rpcJson } from './rpc-call.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const WINDOWS = 'i-bp1windows000000000';
const OTHER_KEY = 'i-bp1otherkey00000000';
const ELSEWHERE = 'i-2zeelsewhere0000000';
const STARTING = 'i-bp1starting00000000';

async function start(options: CloudOptions = {}) {
  cloud = await startLocalCloud({
    instances: [
      {},
      {},
      { instanceId: WINDOWS, osType: 'windows' },
      { instanceId: OTHER_KEY, keyPairName: 'other' },
      { instanceId: ELSEWHERE, regionId: 'cn-beijing' },
      { instanceId: STARTING, status: 'Starting' },
    ],
    ...options,
  });
}

const [FIRST, SECOND] = [instanceIdAt(0), instanceIdAt(1)];

function detach(ids: readonly string[] | string, more: Parameters = {}) {
  const InstanceIds = typeof ids === 'string' ? ids : JSON.stringify(ids);
  return rpcJson(cloud, 'DetachKeyPair', { KeyPairName: 'leaked-key', InstanceIds, ...more });
}

describe('DetachKeyPair', () => {
  it('takes the key pair off, and answers in the shape of its page', async () => {
    await start();
    expect(await detach([FIRST, SECOND])).toEqual({
      status: 200,
      body: {
        RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
        KeyPairName: 'leaked-key',
        TotalCount: '2',
        FailCount: '0',
        Results: {
          Result: [FIRST, SECOND].map((InstanceId) => ({
            Code: '200',
            Message: 'successful',
            InstanceId,
            Success: 'true',
          })),
        },
      },
    });
    expect(cloud.ecs.instance(FIRST)).toMatchObject({ keyPairName: undefined, liveKeyPairName: 'leaked-key' });
    expect(cloud.ecs.bound()).toEqual([ELSEWHERE, STARTING].sort((a, b) => order(a) - order(b)));
  });

  it.each([
    ['an unknown key pair', [FIRST], { KeyPairName: 'nobody' }, 400, 'InvalidKeyPairName.NotFound'],
    ['no key pair', [FIRST], { KeyPairName: undefined }, 400, 'MissingParameter'],
    ['no region', [FIRST], { RegionId: undefined }, 400, 'MissingParameter'],
    ['an unknown region', [FIRST], { RegionId: 'cn-atlantis' }, 404, 'InvalidRegionId.NotFound'],
    ['no instances', [], {}, 400, 'InvalidInstanceIds.ValueNotSupported'],
    ['text that is no list', 'i-1,i-2', {}, 400, 'InvalidInstanceIds.ValueNotSupported'],
    ['a list of numbers', '[1]', {}, 400, 'InvalidInstanceIds.ValueNotSupported'],
    ['an unknown instance', [FIRST, 'i-bp1nobody'], {}, 400, 'InvalidInstanceIds.ValueNotSupported'],
    ["another region's instance", [FIRST, ELSEWHERE], {}, 400, 'InvalidInstanceIds.ValueNotSupported'],
    ['a windows instance', [FIRST, WINDOWS], {}, 403, 'DependencyViolation.WindowsInstance'],
    ['51 instances', Array.from({ length: 51 }, (_, n) => `i-${n}`), {}, 403, 'InstanceKeyPairLimitExceeded'],
  ])('refuses %s as a whole', async (_what, ids, more, status, code) => {
    await start();
    expect(await detach(ids, more)).toMatchObject({ status, body: { Code: code } });
    expect(cloud.ecs.instance(FIRST).keyPairName).toBe('leaked-key');
  });

  it('counts an id that is there twice once', async () => {
    await start();
    expect(await detach([FIRST, FIRST])).toMatchObject({ body: { TotalCount: '1' } });
  });

  it.each([
    [{ badInstance: 'item' }, 'i-bp1nobody', 'InvalidInstanceId.NotFound'],
    [{ windowsInstance: 'item' }, WINDOWS, 'DependencyViolation.WindowsInstance'],
    [{ notBound: 'item' }, OTHER_KEY, 'InvalidInstanceIds.ValueNotSupported'],
    [{ betweenStates: 'item' }, STARTING, 'IncorrectInstanceStatus'],
  ] as const)('fails one item with %j', async (switches, bad, code) => {
    await start({ switches });
    expect(await detach([FIRST, bad])).toMatchObject({
      status: 200,
      body: {
        TotalCount: '2',
        FailCount: '1',
        Results: {
          Result: [
            { InstanceId: FIRST, Success: 'true' },
            { InstanceId: bad, Success: 'false', Code: code },
          ],
        },
      },
    });
    expect(cloud.ecs.instance(FIRST).keyPairName).toBeUndefined();
  });

  it('calls it a success where there was nothing to detach, unless told otherwise', async () => {
    await start();
    expect(await detach([OTHER_KEY])).toMatchObject({ body: { FailCount: '0' } });
    expect(cloud.ecs.instance(OTHER_KEY).keyPairName).toBe('other');
    cloud.ecs.switches.notBound = 'refuse';
    expect(await detach([OTHER_KEY])).toMatchObject({ status: 400 });
  });

  it.each([
    ['strings', '1', '200', 'true', 'leaked-key'],
    ['numbers', 1, 200, true, 'leaked-key'],
    ['captured', 1, '200', true, undefined],
  ] as const)('speaks in %s', async (wireTypes, total, code, success, KeyPairName) => {
    await start({ switches: { wireTypes } });
    const { body } = await detach([FIRST]);
    expect(body).toMatchObject({ TotalCount: total, Results: { Result: [{ Code: code, Success: success }] } });
    expect(Object.entries(Object(body)).filter(([name]) => name === 'KeyPairName')).toEqual(
      KeyPairName === undefined ? [] : [['KeyPairName', KeyPairName]],
    );
  });

  it('can keep items, order and counts to itself', async () => {
    await start({
      switches: { omitItems: 'last', itemOrder: 'reversed', totalCount: 'unbound', windowsInstance: 'item' },
    });
    expect(await detach([FIRST, SECOND, WINDOWS])).toMatchObject({
      body: { TotalCount: '2', FailCount: '1', Results: { Result: [{ InstanceId: SECOND }, { InstanceId: FIRST }] } },
    });
    cloud.ecs.switches.omitItems = 'successful';
    expect(await detach([FIRST, WINDOWS])).toMatchObject({ body: { Results: { Result: [{ InstanceId: WINDOWS }] } } });
    cloud.ecs.switches.omitItems = 'all';
    expect(await detach([FIRST])).toMatchObject({ body: { Results: { Result: [] } } });
  });

  it('is refused by RAM, for the action or for one instance', async () => {
    await start({ denyInstances: [SECOND] });
    expect(await detach([FIRST, SECOND])).toMatchObject({ status: 403, body: { Code: 'Forbidden.RAM' } });
    expect(await detach([FIRST])).toMatchObject({ status: 200 });
    cloud.ecs.permissions.deny('DetachKeyPair');
    expect(await detach([FIRST])).toMatchObject({ status: 403, body: { Code: 'Forbidden.RAM' } });
    cloud.ecs.permissions.allow('DetachKeyPair');
    expect(await detach([FIRST])).toMatchObject({ status: 200 });
  });

  it('keeps a log', async () => {
    await start();
    await detach([FIRST]);
    await detach(['i-bp1nobody']);
    expect(cloud.ecs.callsOf('DetachKeyPair')).toMatchObject([
      { instanceIds: [FIRST], regionId: 'cn-hangzhou', status: 200, number: 1, accountId: cloud.accountId },
      { instanceIds: ['i-bp1nobody'], status: 400, code: 'InvalidInstanceIds.ValueNotSupported', number: 2 },
    ]);
  });
});

function order(id: string): number {
  return cloud.ecs.instances().findIndex((instance) => instance.instanceId === id);
}
