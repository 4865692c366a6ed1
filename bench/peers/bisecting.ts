import EcsClient, { DetachKeyPairRequest } from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { sideBySide } from './side-by-side.ts';

// The SDK, and a refused batch bisected until the bad instance is alone.

type Event = { body: string };
type Context = { credentials: Record<string, string> };
type Body = { RegionId: string; KeyPairName: string; InstanceIds: string[] };

export async function handler(buffer: Buffer, { credentials }: Context) {
  const event: Event = JSON.parse(buffer.toString());
  const { RegionId: regionId, KeyPairName: keyPairName, InstanceIds }: Body = JSON.parse(event.body);
  const { host, protocol } = new URL(process.env['ECS_ENDPOINT'] ?? '');
  const address = { endpoint: host, protocol: protocol.slice(0, -1), regionId };
  const client = new EcsClient(new $OpenApiUtil.Config({ ...credentials, ...address }));

  async function failuresOf(ids: string[]): Promise<string[]> {
    try {
      await client.detachKeyPair(new DetachKeyPairRequest({ regionId, keyPairName, instanceIds: JSON.stringify(ids) }));
      return [];
    } catch {
      if (ids.length === 1) return ids;
      const middle = Math.ceil(ids.length / 2);
      return [...(await failuresOf(ids.slice(0, middle))), ...(await failuresOf(ids.slice(middle)))];
    }
  }

  const failures = (await sideBySide(InstanceIds, failuresOf)).flat();
  const counts = { TotalCount: String(InstanceIds.length), FailCount: String(failures.length) };
  return { statusCode: 200, body: JSON.stringify(counts) };
}
