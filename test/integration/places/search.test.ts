import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { publicKeyFor } from '../../../local-cloud/ecs/key-pairs.ts';
import { recordOf } from '../../../shared/record.ts';
import { detaching } from '../../support/detaching.ts';
import { placesOf, told } from '../../support/places.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const KEY = publicKeyFor('leaked-key');
const everywhere = (more: object) => ({ body: { RegionId: '*', Filter: {}, ...more } });
const byName = (more: object) => everywhere({ KeyPairName: 'leaked-key', ...more });
const byKey = (more: object) => everywhere({ PublicKey: KEY, ...more });

async function start(options: Parameters<typeof startLocalCloud>[0] = {}) {
  cloud = await startLocalCloud(options);
  return detaching(cloud);
}

describe('a key pair of one name in every region', () => {
  it('is taken off where it is, and every region says what it has', async () => {
    const ask = await start({ instances: 3 });
    cloud.ecs.add(60, { regionId: 'us-east-1' });
    cloud.ecs.add(2, { regionId: 'us-east-1', keyPairName: 'other-key' });
    cloud.ecs.keyPairs.add('leaked-key', 'cn-beijing');
    const { status, body } = await ask(byName({}));
    expect([status, body.TotalCount, body.FailCount, body['PlaceFailCount']]).toEqual([200, '63', '0', '0']);
    expect(body['KeyPairName']).toBe('leaked-key');
    expect(told(body)).toEqual([
      ['cn-beijing', 'leaked-key', '0', '0', '200'],
      ['cn-hangzhou', 'leaked-key', '3', '0', '200'],
      ['us-east-1', 'leaked-key', '60', '0', '200'],
    ]);
    expect(placesOf(body)).toHaveLength(16);
    // One call for the key pairs of each region, and no more where there is nothing.
    expect(cloud.ecs.callsOf('DescribeKeyPairs')).toHaveLength(16);
    expect(recordOf(body.Results?.Result.at(-1))).toMatchObject({ RegionId: 'us-east-1', KeyPairName: 'leaked-key' });
    expect(cloud.ecs.bound()).toEqual([]);
    expect(cloud.ecs.bound('other-key')).toHaveLength(2);
  });

  it('is looked for in the regions that are allowed, or named, in their order', async () => {
    const ask = await start({ instances: 1 });
    const allowed = await ask(byName({ DryRun: true }), { variables: { ALLOWED_REGIONS: 'us-east-1, cn-hangzhou' } });
    expect(placesOf(allowed.body).map(({ RegionId }) => RegionId)).toEqual(['us-east-1', 'cn-hangzhou']);
    expect(cloud.ecs.callsOf('DescribeRegions')).toEqual([]);
    const named = await ask(byName({ RegionId: ['us-west-1', 'cn-hangzhou'], DryRun: true }));
    expect(placesOf(named.body).map(({ RegionId }) => RegionId)).toEqual(['us-west-1', 'cn-hangzhou']);
    expect(named.body).toMatchObject({ TotalCount: '1', DryRun: 'true' });
  });

  it('comes in a query, regions separated by commas', async () => {
    const ask = await start({ instances: 1 });
    const query = {
      Action: 'DetachKeyPair',
      RegionId: 'us-east-1,cn-hangzhou',
      KeyPairName: 'leaked-key',
      Filter: '{}',
      AllowDifferentKeys: 'true',
    };
    const { body } = await ask({ query });
    expect(placesOf(body).map(({ RegionId, TotalCount }) => [RegionId, TotalCount])).toEqual([
      ['us-east-1', '0'],
      ['cn-hangzhou', '1'],
    ]);
  });

  it('is an error of ECS where no place has it, with the places', async () => {
    const ask = await start();
    const { status, body } = await ask(byName({ KeyPairName: 'misspelt', DryRun: true }));
    expect([status, body.Code]).toEqual([400, 'InvalidKeyPairName.NotFound']);
    expect(placesOf(body)).toHaveLength(16);
    expect(body).toMatchObject({ TotalCount: '0', FailCount: '0', PlaceFailCount: '0' });
  });

  it('is not said to be nowhere where a place could not be read', async () => {
    const ask = await start();
    cloud.ecs.onCall('DescribeKeyPairs', ({ regionId }) =>
      regionId === 'us-east-1' ? { kind: 'answer', status: 403, code: 'Forbidden.RAM' } : undefined,
    );
    const { status, body } = await ask(byName({ KeyPairName: 'misspelt' }));
    expect([status, body.TotalCount, body['PlaceFailCount']]).toEqual([200, '0', '1']);
    expect(told(body)).toEqual([['us-east-1', '', '0', '0', 'Forbidden.RAM']]);
  });

  it('has the error that every place met, with the places', async () => {
    const ask = await start({ instances: 1 });
    cloud.ecs.permissions.deny('DescribeKeyPairs');
    const { status, body } = await ask(byName({}));
    expect([status, body.Code, body['PlaceFailCount']]).toEqual([403, 'Forbidden.RAM', '16']);
    expect(placesOf(body)).toHaveLength(16);
  });

  it('is refused with the error of DescribeRegions where the regions cannot be listed', async () => {
    const ask = await start({ instances: 1 });
    cloud.ecs.permissions.deny('DescribeRegions');
    const { status, body } = await ask(byName({}));
    expect([status, body.Code]).toEqual([403, 'Forbidden.RAM']);
    expect(body.Message).toContain('DescribeRegions');
    expect(cloud.ecs.bound()).toHaveLength(1);
  });

  it('is worked off in all places at once, by at most 64 calls together and 8 in each place', async () => {
    const regions = Array.from({ length: 16 }, (_, k) => `cn-place-${k}`);
    const ask = await start({ instances: 0, latencyMs: 300 });
    for (const regionId of regions) cloud.ecs.add(450, { regionId });
    let together = 0;
    let inOnePlace = 0;
    cloud.ecs.onCall('DetachKeyPair', ({ regionId }) => {
      const inFlight = cloud.ecs.calls.filter(({ status }) => status === undefined);
      together = Math.max(together, inFlight.length);
      inOnePlace = Math.max(inOnePlace, inFlight.filter((call) => call.regionId === regionId).length);
      return undefined;
    });
    const { body } = await ask(byName({ RegionId: regions }));
    expect(body).toMatchObject({ TotalCount: '7200', FailCount: '0', PlaceFailCount: '0' });
    expect(together).toBeGreaterThan(8);
    expect(together).toBeLessThanOrEqual(64);
    expect(inOnePlace).toBeLessThanOrEqual(8);
  });

  it('is found in no more instances than may be, over all places', async () => {
    const ask = await start({ instances: 3 });
    cloud.ecs.add(3, { regionId: 'us-east-1' });
    const { status, body } = await ask(byName({}), { variables: { MAX_INSTANCES: '5' } });
    expect([status, body.Code]).toEqual([403, 'InstanceKeyPairLimitExceeded']);
    expect(cloud.ecs.bound()).toHaveLength(6);
  });

  it('is proven: what is still bound anywhere is found, and nothing is changed', async () => {
    const ask = await start({ instances: 2 });
    cloud.ecs.add(1, { regionId: 'us-east-1' });
    const { body, codes } = await ask(byName({ Verify: true, VerifySince: '2026-11-24T08:00:00Z' }));
    expect(body).toMatchObject({ Verify: 'true', TotalCount: '3', FailCount: '3' });
    expect(codes).toEqual({ 'Verify.StillBound': 3 });
    expect(cloud.ecs.bound()).toHaveLength(3);
  });
});

describe('one name for different keys', () => {
  const other = { publicKey: publicKeyFor('something else') };

  it.each([
    ['differ', { publicKey: publicKeyFor('something else') }, 'different keys'],
    ['are not shown', { publicKey: null }, 'shows no key'],
  ])('that %s refuses the request, and names the places', async (_, facts, words) => {
    const ask = await start({ instances: 2 });
    cloud.ecs.keyPairs.add('leaked-key', 'us-east-1', facts);
    const { status, body } = await ask(byName({}));
    expect([status, body.Code]).toEqual([400, 'InvalidParameter']);
    for (const word of ['cn-hangzhou', 'us-east-1', words, 'AllowDifferentKeys']) {
      if (word !== 'cn-hangzhou' || words === 'different keys') expect(body.Message).toContain(word);
    }
    expect(cloud.ecs.bound()).toHaveLength(2);
  });

  it('is taken off everywhere where that is allowed', async () => {
    const ask = await start({ instances: 2 });
    cloud.ecs.keyPairs.add('leaked-key', 'us-east-1', other);
    cloud.ecs.add(1, { regionId: 'us-east-1' });
    const { body } = await ask(byName({ AllowDifferentKeys: true }));
    expect(body).toMatchObject({ TotalCount: '3', FailCount: '0' });
    expect(cloud.ecs.bound()).toEqual([]);
  });
});

describe('a public key', () => {
  it('is found under every name that holds it, behind a page of others too, and nothing else is touched', async () => {
    const ask = await start({ instances: 2 });
    for (let k = 0; k < 70; k++) cloud.ecs.keyPairs.add(`a-key-${k}`, 'us-east-1');
    cloud.ecs.keyPairs.add('ci', 'us-east-1', { publicKey: KEY });
    cloud.ecs.keyPairs.add('backup', 'us-east-1', { publicKey: `${KEY.split(' ').slice(0, 2).join(' ')} root@host` });
    cloud.ecs.keyPairs.add('leaked-key', 'cn-beijing', { publicKey: publicKeyFor('innocent') });
    cloud.ecs.add(3, { regionId: 'us-east-1', keyPairName: 'ci' });
    cloud.ecs.add(1, { regionId: 'us-east-1', keyPairName: 'backup' });
    cloud.ecs.add(4, { regionId: 'cn-beijing' });
    const { status, body } = await ask(byKey({ PublicKey: `${KEY}\n` }));
    expect([status, body.TotalCount, body.FailCount, body['KeyPairName']]).toEqual([
      200,
      '6',
      '0',
      'leaked-key,ci,backup',
    ]);
    expect(told(body)).toEqual([
      ['cn-hangzhou', 'leaked-key', '2', '0', '200'],
      ['us-east-1', 'ci backup', '4', '0', '200'],
    ]);
    expect(cloud.ecs.bound()).toHaveLength(4);
    expect(cloud.ecs.bound('ci').concat(cloud.ecs.bound('backup'))).toEqual([]);
    const again = await ask(byKey({}));
    expect([again.status, again.body.TotalCount, again.body['PlaceFailCount']]).toEqual([200, '0', '0']);
    expect(placesOf(again.body)).toHaveLength(16);
  });

  it('that is nowhere is a 200 with every place', async () => {
    const ask = await start({ instances: 1 });
    const { status, body } = await ask(byKey({ PublicKey: publicKeyFor('nowhere') }));
    expect([status, body.TotalCount, body['PlaceFailCount'], body['KeyPairName']]).toEqual([200, '0', '0', '']);
    expect(placesOf(body)).toHaveLength(16);
  });

  it('works in a single region without a list', async () => {
    const ask = await start({ instances: 1 });
    const { body } = await ask(byKey({ RegionId: 'cn-hangzhou' }));
    expect(told(body)).toEqual([['cn-hangzhou', 'leaked-key', '1', '0', '200']]);
  });

  it('may be what a key pair does not show: that place is not searched whole, what is found is taken off', async () => {
    const ask = await start({ instances: 1 });
    cloud.ecs.keyPairs.add('dark', undefined, { publicKey: null });
    cloud.ecs.keyPairs.add('cut', 'us-east-1', { publicKey: 'ssh-ed25519 AAAA other' });
    cloud.ecs.keyPairs.add('old', 'us-west-1', { publicKey: 'ssh-dss AAAA other' });
    const { body } = await ask(byKey({}));
    expect(told(body)).toEqual([
      ['cn-hangzhou', 'leaked-key', '1', '0', 'PublicKeyUnavailable'],
      ['us-east-1', '', '0', '0', 'PublicKeyUnavailable'],
    ]);
    expect(body['PlaceFailCount']).toBe('2');
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('under a name that is not allowed is told, and not taken off', async () => {
    const ask = await start({ instances: 1 });
    cloud.ecs.keyPairs.add('sacred', undefined, { publicKey: KEY });
    cloud.ecs.add(2, { keyPairName: 'sacred' });
    const { body } = await ask(byKey({}), { variables: { ALLOWED_KEY_PAIRS: 'leaked-*' } });
    expect(told(body)).toEqual([['cn-hangzhou', 'leaked-key sacred', '1', '0', 'Forbidden.KeyPairName']]);
    expect(cloud.ecs.bound('sacred')).toHaveLength(2);
  });
});

describe('the same place in trouble', () => {
  it('is throttled, hangs, or breaks: it is a failed place in time, and the others are detached', async () => {
    const ask = await start({ instances: 1 });
    const faults = {
      'us-east-1': { kind: 'answer', status: 400, code: 'Throttling.User' },
      'us-west-1': { kind: 'hang', applied: false },
      'eu-central-1': { kind: 'html' },
      'cn-beijing': { kind: 'answer', status: 403, code: 'Forbidden.RAM' },
    } as const;
    const faultOf = ({ regionId = '' }) => Object.entries(faults).find(([region]) => region === regionId)?.[1];
    cloud.ecs.onCall('DescribeKeyPairs', faultOf);
    const startedAt = performance.now();
    const { body } = await ask(byName({}), { timeoutSeconds: 9 });
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    expect(told(body)).toEqual([
      ['cn-beijing', '', '0', '0', 'Forbidden.RAM'],
      ['cn-hangzhou', 'leaked-key', '1', '0', '200'],
      ['us-east-1', '', '0', '0', 'Throttling.User'],
      ['us-west-1', '', '0', '0', 'DeadlineExceeded'],
      ['eu-central-1', '', '0', '0', 'DeadlineExceeded'],
    ]);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('fails in the middle of its list: nothing of it is touched', async () => {
    const ask = await start({ instances: 150 });
    cloud.ecs.add(1, { regionId: 'us-east-1' });
    cloud.ecs.onCall('DescribeInstances', ({ parameters }) =>
      parameters['NextToken'] ? { kind: 'answer', status: 403, code: 'Forbidden.RAM' } : undefined,
    );
    const { body } = await ask(byName({}));
    expect(told(body)).toEqual([
      ['cn-hangzhou', 'leaked-key', '0', '0', 'Forbidden.RAM'],
      ['us-east-1', 'leaked-key', '1', '0', '200'],
    ]);
    expect(cloud.ecs.bound()).toHaveLength(150);
  });
});

describe('what cannot be read', () => {
  const raw = (body: object) => ({ kind: 'raw', body: JSON.stringify(body) }) as const;

  it.each([
    ['pages that hold fewer key pairs than ECS counts', { KeyPairs: { KeyPair: [] }, TotalCount: 3 }],
    ['a key pair without a name', { KeyPairs: { KeyPair: [{ KeyPairName: '' }] }, TotalCount: 1 }],
    ['no list at all', { TotalCount: 0 }],
  ])('is a failed place: %s', async (_, body) => {
    const ask = await start({ instances: 1 });
    cloud.ecs.onCall('DescribeKeyPairs', ({ regionId }) => (regionId === 'us-east-1' ? raw(body) : undefined));
    const { body: answer } = await ask(byKey({ RegionId: ['cn-hangzhou', 'us-east-1'] }));
    expect(told(answer)).toEqual([
      ['cn-hangzhou', 'leaked-key', '1', '0', '200'],
      ['us-east-1', '', '0', '0', 'DeadlineExceeded'],
    ]);
  });

  it('is read where ECS does not count its key pairs', async () => {
    const ask = await start({ instances: 1 });
    const { body } = await ask(byKey({ RegionId: 'cn-hangzhou', DryRun: true }));
    expect(body.TotalCount).toBe('1');
    const [type, data] = KEY.split(' ');
    const KeyPair = [{ KeyPairName: 'leaked-key', PublicKey: `${type} ${data}` }];
    cloud.ecs.onCall('DescribeKeyPairs', () => raw({ KeyPairs: { KeyPair } }));
    expect((await ask(byKey({ RegionId: 'cn-hangzhou' }))).body).toMatchObject({ TotalCount: '1', FailCount: '0' });
  });

  it.each([
    ['none', { Regions: { Region: [] } }],
    ['one that is no part of a host name', { Regions: { Region: [{ RegionId: 'evil.example/' }] } }],
  ])('refuses the request where the list of regions has %s', async (_, body) => {
    const ask = await start({ instances: 1 });
    cloud.ecs.onCall('DescribeRegions', () => raw(body));
    const answer = await ask(byName({}));
    expect([answer.status, answer.body.Code]).toEqual([503, 'ServiceUnavailable']);
    expect(cloud.ecs.bound()).toHaveLength(1);
  });

  it('refuses the request where ALLOWED_REGIONS names no region', async () => {
    const ask = await start({ instances: 1 });
    const { status, body } = await ask(byName({}), { variables: { ALLOWED_REGIONS: 'nowhere' } });
    expect([status, body.Code]).toEqual([403, 'Forbidden.Region']);
  });

  it('is a region that cannot be reached: every place failed, and the answer is that error', async () => {
    const ask = await start({ instances: 1 });
    const variables = { ECS_ENDPOINT: 'http://127.0.0.1:1' };
    const { status, body, lines } = await ask(byName({ RegionId: ['cn-hangzhou', 'us-east-1'] }), { variables });
    expect([status, body.Code, body['PlaceFailCount']]).toEqual([503, 'ServiceUnavailable', '2']);
    expect(JSON.stringify(lines)).toContain('ECONNREFUSED');
  });
});
