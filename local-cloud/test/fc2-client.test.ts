import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { AccessKey } from '../signature/access-keys.ts';
import { failure } from './clients.ts';
import { echo } from './echo.ts';

// It ships no types; this is what is used of it here.
interface Fc2 {
  invokeFunction(service: string, name: string, event: string, headers?: Record<string, string>): Promise<unknown>;
}
const Fc2Client: new (accountId: string, options: Record<string, unknown>) => Fc2 = createRequire(import.meta.url)(
  '@alicloud/fc2',
);

let cloud: LocalCloud;
afterEach(() => cloud.stop());

describe('@alicloud/fc2', () => {
  async function start() {
    cloud = await startLocalCloud({
      functions: { echo: echo({ asyncTask: true }) },
      edition: 'fc2',
      serviceName: 'my-service',
    });
    const { fc, ecs, accountId } = cloud;
    const client = ({ accessKeyId: accessKeyID, ...key }: AccessKey) =>
      new Fc2Client(accountId, { accessKeyID, ...key, region: 'cn-hangzhou', endpoint: fc.endpoint, secure: false });
    return { fc, ecs, client };
  }

  it('invokes by the scheme of FC 2.0, with a temporary key and a permanent one', async () => {
    const { ecs, client } = await start();
    const event = JSON.stringify({ value: 'done' });
    for (const key of [ecs.stsCredentials, ecs.credentials]) {
      expect(await client(key).invokeFunction('my-service', 'echo', event)).toMatchObject({ data: 'done' });
    }
  });

  it('queues with a task id, once', async () => {
    const { fc, ecs, client } = await start();
    const headers = { 'x-fc-invocation-type': 'Async', 'x-fc-stateful-async-invocation-id': 'task-1' };
    const enqueue = () => client(ecs.stsCredentials).invokeFunction('my-service', 'echo', '{"value":1}', headers);
    await enqueue();
    expect((await failure(enqueue()))['message']).toContain('failed with 409');
    await fc.idle();
    expect(fc.tasks).toMatchObject([{ id: 'task-1', status: 'Succeeded', results: [{ payload: '1' }] }]);
  });

  it('is refused with a wrong secret, or for another service', async () => {
    const { ecs, client } = await start();
    const wrong = client({ ...ecs.credentials, accessKeySecret: 'wrong' });
    expect(await failure(wrong.invokeFunction('my-service', 'echo', ''))).toMatchObject({ code: 'SignatureNotMatch' });
    const right = client(ecs.credentials);
    expect(await failure(right.invokeFunction('other', 'echo', ''))).toMatchObject({ code: 'ServiceNotFound' });
  });
});
