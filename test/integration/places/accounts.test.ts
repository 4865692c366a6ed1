import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { publicKeyFor } from '../../../local-cloud/ecs/key-pairs.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, post } from '../../support/bundled-cloud.ts';
import { placesOf, told } from '../../support/places.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const KEY = publicKeyFor('leaked-key');
const ROLE = 'acs:ram::2000000000000000:role/detacher';
const UNKNOWN = 'acs:ram::3000000000000000:role/detacher';
const OTHER_ACCOUNT = '2000000000000000';

async function start(environment: Record<string, string>) {
  cloud = await bundledCloud({ instances: 1, detach: { environment }, reboot: { environment } });
}

describe('several accounts', () => {
  it('are all searched: the own one and each role that is allowed, whose credentials are fetched once', async () => {
    await start({ ALLOWED_ROLE_ARNS: ROLE });
    cloud.sts.addRole({ roleArn: ROLE });
    cloud.ecs.keyPairs.add('theirs', 'us-west-1', { publicKey: KEY, accountId: OTHER_ACCOUNT });
    cloud.ecs.add(3, { regionId: 'us-west-1', keyPairName: 'theirs', accountId: OTHER_ACCOUNT });
    const { body } = await post(cloud, {
      KeyPairName: undefined,
      RegionId: '*',
      RoleArn: '*',
      PublicKey: KEY,
      Filter: {},
    });
    expect(told(body)).toEqual([
      ['cn-hangzhou', 'leaked-key', '1', '0', '200'],
      ['cn-hangzhou', 'leaked-key', '0', '0', '200'],
      ['us-west-1', 'theirs', '3', '0', '200'],
    ]);
    expect(placesOf(body)).toHaveLength(32);
    expect(body.Results?.Result.map((item) => recordOf(item)['RoleArn'])).toEqual([undefined, ROLE, ROLE, ROLE]);
    expect(cloud.sts.calls).toHaveLength(1);
    expect(cloud.ecs.bound('theirs', OTHER_ACCOUNT)).toEqual([]);
  });

  it('are named in a form with commas; one whose role cannot be assumed is a failed place in each region', async () => {
    await start({ ALLOWED_ROLE_ARNS: `${ROLE},${UNKNOWN}` });
    cloud.sts.addRole({ roleArn: ROLE, instances: 2 });
    const form = new URLSearchParams({
      Action: 'DetachKeyPair',
      RegionId: 'cn-hangzhou,us-east-1',
      RoleArn: `${ROLE},${UNKNOWN}`,
      KeyPairName: 'leaked-key',
      Filter: '{}',
    });
    const response = await fetch(cloud.fc.triggerUrl, { method: 'POST', body: form });
    const body = recordOf(await response.json());
    expect(placesOf(body).map(({ RoleArn, RegionId, Code }) => [RoleArn, RegionId, Code])).toEqual([
      [ROLE, 'cn-hangzhou', '200'],
      [ROLE, 'us-east-1', '200'],
      [UNKNOWN, 'cn-hangzhou', 'EntityNotExist.Role'],
      [UNKNOWN, 'us-east-1', 'EntityNotExist.Role'],
    ]);
    expect(body).toMatchObject({ TotalCount: '2', FailCount: '0', PlaceFailCount: '2' });
    expect(cloud.ecs.bound('leaked-key', OTHER_ACCOUNT)).toEqual([]);
    expect(cloud.ecs.bound()).toHaveLength(1);
  });
});
