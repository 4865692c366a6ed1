import { readFileSync } from 'node:fs';
import EcsClient from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { expect, it } from 'vitest';
import { ecsEndpoint } from '../../shared/alibaba/ecs-endpoint.ts';

/** Every region that the generated client names in its table of exceptions. */
const table = /_endpointMap = \{([\s\S]*?)\};/.exec(
  readFileSync('node_modules/@alicloud/ecs20140526/src/client.ts', 'utf8'),
)?.[1];
const exceptions = [...(table ?? '').matchAll(/'([a-z0-9-]+)':/g)].map(([, region]) => region ?? '');

function published(regionId: string): string {
  const key = { accessKeyId: 'LTAI', accessKeySecret: 'secret' };
  return `https://${new EcsClient(new $OpenApiUtil.Config({ ...key, regionId }))._endpoint}`;
}

it('the table of the installed client is found', () => {
  expect(exceptions.length).toBeGreaterThan(30);
});

it.each([...exceptions, 'cn-beijing', 'ap-southeast-1', 'eu-central-1', 'us-west-1', 'cn-new-region-9'])(
  'ECS of %s is called where the official client calls it',
  (regionId) => {
    expect(ecsEndpoint(regionId)).toBe(published(regionId));
  },
);
