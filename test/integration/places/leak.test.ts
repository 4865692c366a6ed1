import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { publicKeyFor } from '../../../local-cloud/ecs/key-pairs.ts';
import { bundledCloud, post } from '../../support/bundled-cloud.ts';
import { placesOf, told } from '../../support/places.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const KEY = publicKeyFor('the leaked one');
const ROLE = 'acs:ram::2000000000000000:role/detacher';
const OTHER_ACCOUNT = '2000000000000000';
const REGIONS = Array.from({ length: 30 }, (_, k) => `cn-place-${String(k).padStart(2, '0')}`);
const [DENIED = '', THROTTLED = '', HANGING = ''] = REGIONS.slice(20);

/** Region, account and name of the leaked key, and how many instances have it. */
const HELD: readonly (readonly [number, string | undefined, string, number])[] = [
  [0, undefined, 'ci', 3],
  [1, undefined, 'ci', 2],
  [3, undefined, 'deploy', 60],
  [4, undefined, 'deploy-2', 1],
  [7, undefined, 'old', 2],
  [2, OTHER_ACCOUNT, 'ci', 4],
  [5, OTHER_ACCOUNT, 'backup', 1],
  [9, OTHER_ACCOUNT, 'root', 2],
  [9, OTHER_ACCOUNT, 'root-copy', 1],
  [29, OTHER_ACCOUNT, 'bastion', 0],
];
/** Other keys of the same names. */
const OTHERS: readonly (readonly [number, string | undefined, string])[] = [
  [10, undefined, 'ci'],
  [11, undefined, 'deploy'],
  [12, OTHER_ACCOUNT, 'root'],
];

async function leak() {
  cloud = await bundledCloud({
    instances: 0,
    detach: { timeoutSeconds: 18, environment: { ALLOWED_ROLE_ARNS: ROLE, ALLOWED_REGIONS: REGIONS.join(',') } },
  });
  cloud.sts.addRole({ roleArn: ROLE });
  const at = (region: number, accountId: string | undefined) => ({
    regionId: REGIONS[region] ?? '',
    ...(accountId !== undefined && { accountId }),
  });
  for (const regionId of REGIONS) cloud.ecs.keyPairs.add('unrelated', regionId);
  for (const [region, accountId, name, instances] of HELD) {
    const place = at(region, accountId);
    cloud.ecs.keyPairs.add(name, place.regionId, { ...place, publicKey: `${KEY} of ${name}` });
    cloud.ecs.add(instances, { ...place, keyPairName: name });
  }
  for (const [region, accountId, name] of OTHERS) {
    const place = at(region, accountId);
    cloud.ecs.keyPairs.add(name, place.regionId, { ...place, publicKey: publicKeyFor(`another ${name}`) });
    cloud.ecs.add(2, { ...place, keyPairName: name });
  }
  const faults = {
    [DENIED]: { kind: 'answer', status: 403, code: 'Forbidden.RAM' },
    [THROTTLED]: { kind: 'answer', status: 400, code: 'Throttling.User' },
    [HANGING]: { kind: 'hang', applied: false },
  } as const;
  cloud.ecs.onCall('DescribeKeyPairs', ({ regionId = '', accountId }) =>
    accountId === OTHER_ACCOUNT ? undefined : faults[regionId],
  );
}

const boundEverywhere = () =>
  [...cloud.ecs.instances(), ...cloud.ecs.instances(OTHER_ACCOUNT)]
    .filter(({ keyPairName }) => keyPairName !== undefined)
    .map(({ regionId, keyPairName }) => `${regionId} ${keyPairName}`);
const request = { KeyPairName: undefined, RegionId: '*', RoleArn: '*', PublicKey: `${KEY}\n`, Filter: {} };

describe('a leaked key in 30 regions of two accounts', () => {
  it('is taken off under each of its names, and nothing else; a second request says where it looked', async () => {
    await leak();
    const startedAt = performance.now();
    const { status, body } = await post(cloud, request);
    expect(performance.now() - startedAt).toBeLessThan(18_000);
    expect([status, body.TotalCount, body.FailCount, body['PlaceFailCount']]).toEqual([200, '76', '0', '3']);
    const places = placesOf(body);
    expect(places).toHaveLength(60);
    expect(places.map(({ RegionId, RoleArn }) => [RegionId, RoleArn])).toEqual(
      [undefined, ROLE].flatMap((role) => REGIONS.map((region) => [region, role])),
    );
    expect(told(body)).toEqual([
      [REGIONS[0], 'ci', '3', '0', '200'],
      [REGIONS[1], 'ci', '2', '0', '200'],
      [REGIONS[3], 'deploy', '60', '0', '200'],
      [REGIONS[4], 'deploy-2', '1', '0', '200'],
      [REGIONS[7], 'old', '2', '0', '200'],
      [DENIED, '', '0', '0', 'Forbidden.RAM'],
      [THROTTLED, '', '0', '0', 'Throttling.User'],
      [HANGING, '', '0', '0', 'DeadlineExceeded'],
      [REGIONS[2], 'ci', '4', '0', '200'],
      [REGIONS[5], 'backup', '1', '0', '200'],
      [REGIONS[9], 'root root-copy', '3', '0', '200'],
      [REGIONS[29], 'bastion', '0', '0', '200'],
    ]);
    const untouched = OTHERS.flatMap(([region, , name]) => Array(2).fill(`${REGIONS[region]} ${name}`));
    expect(boundEverywhere()).toEqual(untouched);
    const detached = new Set(cloud.ecs.callsOf('DetachKeyPair').map(({ parameters }) => parameters['KeyPairName']));
    expect([...detached].sort()).toEqual(['backup', 'ci', 'deploy', 'deploy-2', 'old', 'root', 'root-copy']);

    cloud.ecs.onCall('DescribeKeyPairs', undefined);
    const again = await post(cloud, request);
    expect([again.status, again.body.TotalCount, again.body['PlaceFailCount']]).toEqual([200, '0', '0']);
    expect(placesOf(again.body).map(({ Code }) => Code)).toEqual(Array(60).fill('200'));
    expect(boundEverywhere()).toEqual(untouched);
  });
});
