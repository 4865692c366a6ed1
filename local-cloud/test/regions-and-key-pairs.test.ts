import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import { rpcJson } from './rpc-call.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const PUBLIC_KEY = /^ssh-ed25519 [A-Za-z0-9+/]+={0,2} leaked-key$/;

async function keyPairs(parameters: Record<string, string> = {}): Promise<unknown[]> {
  const { body } = await rpcJson(cloud, 'DescribeKeyPairs', {
    IncludePublicKey: 'true',
    PageSize: '50',
    ...parameters,
  });
  const { KeyPairs } = JSON.parse(JSON.stringify(body));
  return KeyPairs.KeyPair;
}

describe('The local cloud', () => {
  it('lists its regions, those that a seed named included, without being told one', async () => {
    cloud = await startLocalCloud();
    cloud.ecs.keyPairs.add('leaked-key', 'cn-zhongwei');
    const { status, body } = await rpcJson(cloud, 'DescribeRegions', { RegionId: undefined });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      Regions: {
        Region: expect.arrayContaining(
          ['cn-hangzhou', 'us-east-1', 'cn-zhongwei'].map((RegionId) => ({
            RegionId,
            RegionEndpoint: `ecs.${RegionId}.aliyuncs.com`,
            LocalName: RegionId,
          })),
        ),
      },
    });
  });

  it('shows the public key of a key pair when asked, the same key for the same name', async () => {
    cloud = await startLocalCloud();
    cloud.ecs.keyPairs.add('leaked-key', 'cn-beijing');
    const [here] = await keyPairs();
    expect(here).toMatchObject({ KeyPairName: 'leaked-key', PublicKey: expect.stringMatching(PUBLIC_KEY) });
    expect(await keyPairs({ RegionId: 'cn-beijing' })).toEqual([here]);
    const [{ PublicKey }] = JSON.parse(JSON.stringify(await keyPairs({ IncludePublicKey: 'false' })));
    expect(PublicKey).toBeUndefined();
  });

  it('holds another key under the same name elsewhere, or shows none, where a test says so', async () => {
    cloud = await startLocalCloud();
    cloud.ecs.keyPairs.add('leaked-key', 'cn-beijing', { publicKey: 'ssh-ed25519 AAAA other' });
    cloud.ecs.keyPairs.add('leaked-key', 'cn-shanghai', { publicKey: null });
    expect(await keyPairs({ RegionId: 'cn-beijing' })).toMatchObject([{ PublicKey: 'ssh-ed25519 AAAA other' }]);
    expect(await keyPairs({ RegionId: 'cn-shanghai' })).not.toHaveProperty('0.PublicKey');
  });

  it('lists key pairs in pages of 50 at most', async () => {
    cloud = await startLocalCloud();
    for (let k = 0; k < 70; k++) cloud.ecs.keyPairs.add(`key-${k}`);
    expect(await keyPairs()).toHaveLength(50);
    expect(await keyPairs({ PageNumber: '2' })).toHaveLength(21);
    expect((await rpcJson(cloud, 'DescribeKeyPairs', { PageSize: '51' })).status).toBe(400);
  });
});
