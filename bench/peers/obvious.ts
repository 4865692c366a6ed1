import Credential from '@alicloud/credentials';
import EcsClient, { DetachKeyPairRequest } from '@alicloud/ecs20140526';
import FcClient from '@alicloud/fc2';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import Ajv from 'ajv';
import { sideBySide } from './side-by-side.ts';

// What one writes first: the SDKs' sample code behind a schema, in a loop of 50.

type Event = { body: string };
type Context = { accountId: string; region: string; credentials?: Record<string, string> };
type Body = { RegionId: string; KeyPairName: string; InstanceIds: string[]; Reboot?: boolean };

const texts = { type: 'array', items: { type: 'string' } };
const validate = new Ajv().compile<Body>({
  type: 'object',
  properties: {
    RegionId: { type: 'string' },
    KeyPairName: { type: 'string' },
    InstanceIds: texts,
    Reboot: { type: 'boolean' },
  },
  required: ['RegionId', 'KeyPairName', 'InstanceIds'],
  additionalProperties: false,
});

export async function handler(buffer: Buffer, context: Context) {
  const event: Event = JSON.parse(buffer.toString());
  const body: unknown = JSON.parse(event.body);
  if (!validate(body)) return { statusCode: 400, body: JSON.stringify(validate.errors) };

  const { RegionId: regionId, KeyPairName: keyPairName } = body;
  const client = createClient(regionId, context);
  const answers = await sideBySide(body.InstanceIds, async (ids) => {
    const request = new DetachKeyPairRequest({ regionId, keyPairName, instanceIds: JSON.stringify(ids) });
    return (await client.detachKeyPair(request)).body?.results?.result ?? [];
  });
  const results = answers.flat();
  if (body.Reboot)
    await queueReboot(
      results.map(({ instanceId }) => instanceId ?? ''),
      context,
    );

  const failures = results.filter(({ success }) => success !== 'true');
  const counts = { TotalCount: String(results.length), FailCount: String(failures.length) };
  return { statusCode: 200, body: JSON.stringify({ ...counts, Results: { Result: results } }) };
}

function createClient(regionId: string, { credentials }: Context): EcsClient {
  const { host, protocol } = new URL(process.env['ECS_ENDPOINT'] ?? `https://ecs.${regionId}.aliyuncs.com`);
  const given = credentials ?? { credential: new Credential() };
  const address = { endpoint: host, protocol: protocol.slice(0, -1), regionId };
  // The SDK's own 3 s would end calls that wait for their turn at a throttled server.
  return new EcsClient(new $OpenApiUtil.Config({ ...given, ...address, readTimeout: 10_000, connectTimeout: 10_000 }));
}

async function queueReboot(ids: string[], { accountId, region, credentials = {} }: Context): Promise<void> {
  const { accessKeyId = '', accessKeySecret = '', securityToken } = credentials;
  const endpoint = `https://${accountId}.${region}.fc.aliyuncs.com`;
  const keys = { accessKeyID: accessKeyId, accessKeySecret, securityToken };
  const client = new FcClient(accountId, { ...keys, region, endpoint, timeout: 10_000, headers: {} });
  await client.invokeFunction('detach', 'reboot', JSON.stringify(ids), { 'x-fc-invocation-type': 'Async' });
}
