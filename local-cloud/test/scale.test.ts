import { expect, it } from 'vitest';
import { startLocalCloud } from '../cloud.ts';
import { rpcJson } from './rpc-call.ts';

it('holds 100,000 instances, each with an id of its own, and pages through them', async () => {
  const cloud = await startLocalCloud({ instances: 100_000 });
  const ids = cloud.ecs.bound();
  expect(new Set(ids).size).toBe(100_000);
  expect(ids.every((id) => /^i-bp1[0-9a-z]{17}$/.test(id))).toBe(true);
  const page = { KeyPairName: 'leaked-key', MaxResults: '100' };
  expect(await rpcJson(cloud, 'DescribeInstances', page)).toMatchObject({
    body: { Instances: { Instance: { length: 100 } } },
  });
  for (const id of ids) cloud.ecs.bind(id, undefined);
  expect(cloud.ecs.bound()).toEqual([]);
  await cloud.stop();
});
