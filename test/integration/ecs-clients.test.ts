import EcsClient, { DetachKeyPairRequest } from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import PopCore from '@alicloud/pop-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';

let cloud: LocalCloud;
let ids: string[];

beforeAll(async () => {
  cloud = await bundledCloud({ instances: 60 });
  ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
});
afterAll(() => cloud.stop());

type Call = { RegionId: string; KeyPairName: string; InstanceIds: string };
type Seen = { total: unknown; failed: unknown; items: unknown[] };

/** The clients as their own samples use them, pointed at the function instead of at ECS. */
function sdk(more: { securityToken?: string; signatureAlgorithm?: string } = {}) {
  const { host } = new URL(cloud.fc.triggerUrl);
  const { accessKeyId, accessKeySecret, ...sts } = more.securityToken
    ? cloud.ecs.stsCredentials
    : cloud.ecs.credentials;
  const client = new EcsClient(
    new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret,
      ...sts,
      ...more,
      ...(more.securityToken && { securityToken: sts.securityToken }),
      endpoint: host,
      protocol: 'http',
      regionId: 'cn-hangzhou',
      readTimeout: 20_000,
      connectTimeout: 20_000,
    }),
  );
  return async ({ RegionId, KeyPairName, InstanceIds }: Call): Promise<Seen> => {
    const { body } = await client.detachKeyPair(
      new DetachKeyPairRequest({ regionId: RegionId, keyPairName: KeyPairName, instanceIds: InstanceIds }),
    );
    return { total: body?.totalCount, failed: body?.failCount, items: body?.results?.result ?? [] };
  };
}

function popCore(method: 'GET' | 'POST') {
  const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
  const endpoint = cloud.fc.triggerUrl.replace(/\/$/, '');
  const client = new PopCore({ accessKeyId, accessKeySecret, endpoint, apiVersion: '2014-05-26' });
  return async (call: Call): Promise<Seen> => {
    const answer: { TotalCount?: unknown; FailCount?: unknown; Results?: { Result?: unknown[] } } =
      await client.request('DetachKeyPair', call, { method, timeout: 20_000 });
    return { total: answer.TotalCount, failed: answer.FailCount, items: answer.Results?.Result ?? [] };
  };
}

const CLIENTS = [
  ['ecs20140526, ACS3', () => sdk()],
  ['ecs20140526 with an STS token', () => sdk({ securityToken: 'of the role' })],
  ['ecs20140526 with the older signature', () => sdk({ signatureAlgorithm: 'v2' })],
  ['pop-core by GET', () => popCore('GET')],
  ['pop-core by POST', () => popCore('POST')],
] as const;

describe.each(CLIENTS)('%s, unchanged but for its endpoint', (_, client) => {
  it('detaches more instances than ECS takes in a call', async () => {
    const seen = await client()({
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceIds: JSON.stringify(ids),
    });
    expect([seen.total, seen.failed, seen.items.length]).toEqual(['60', '0', 60]);
    expect(cloud.ecs.bound()).toEqual([]);
    for (const id of ids) cloud.ecs.bind(id, 'leaked-key');
  });

  it('gets the errors of ECS as its own', async () => {
    const call = { RegionId: 'cn-hangzhou', KeyPairName: 'nosuchkey', InstanceIds: JSON.stringify(ids.slice(0, 2)) };
    const error = await client()(call).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'InvalidKeyPairName.NotFound' });
    expect(error).toBeInstanceOf(Error);
  });

  it('gets our refusals in the same way', async () => {
    const error = await client()({ RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: '["i-*"]' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'InvalidInstanceIds.ValueNotSupported' });
  });
});

describe('a signed trigger', () => {
  it('lets ACS3 in, and no other signature', async () => {
    const open = cloud;
    cloud = await bundledCloud({ instances: 1, triggerAuth: 'function' });
    try {
      const call = {
        RegionId: 'cn-hangzhou',
        KeyPairName: 'leaked-key',
        InstanceIds: JSON.stringify(cloud.ecs.bound()),
      };
      expect((await sdk()(call)).failed).toBe('0');
      await expect(popCore('GET')(call)).rejects.toThrow();
    } finally {
      await cloud.stop();
      cloud = open;
    }
  });
});
