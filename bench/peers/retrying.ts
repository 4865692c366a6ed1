import EcsClient, { DetachKeyPairRequest } from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import pRetry from 'p-retry';
import { sideBySide } from './side-by-side.ts';

// The SDK behind a plain retry library: each batch backs off for itself, exponentially, with jitter.

type Event = { body: string };
type Context = { credentials: Record<string, string> };
type Body = { RegionId: string; KeyPairName: string; InstanceIds: string[] };

export async function handler(buffer: Buffer, { credentials }: Context) {
  const event: Event = JSON.parse(buffer.toString());
  const { RegionId: regionId, KeyPairName: keyPairName, InstanceIds }: Body = JSON.parse(event.body);
  const { host, protocol } = new URL(process.env['ECS_ENDPOINT'] ?? '');
  const address = { endpoint: host, protocol: protocol.slice(0, -1), regionId };
  const client = new EcsClient(new $OpenApiUtil.Config({ ...credentials, ...address }));
  const answers = await sideBySide(InstanceIds, (ids) =>
    pRetry(
      async () => {
        const request = new DetachKeyPairRequest({ regionId, keyPairName, instanceIds: JSON.stringify(ids) });
        return (await client.detachKeyPair(request)).body?.results?.result ?? [];
      },
      { retries: 50, minTimeout: 500, maxTimeout: 60_000, randomize: true },
    ),
  );
  const results = answers.flat();
  return { statusCode: 200, body: JSON.stringify({ TotalCount: String(results.length), FailCount: '0' }) };
}
