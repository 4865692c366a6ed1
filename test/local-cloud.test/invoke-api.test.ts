import { createRequire } from 'node:module';
import OpenApiModule, { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../local-cloud/cloud.ts';
import type { FunctionOptions } from '../local-cloud/fc/settings.ts';
import type { AccessKey } from '../local-cloud/signature/access-keys.ts';
import { failure, unwrap } from './clients.ts';
import { echo, json } from './echo.ts';

const OpenApiClient = unwrap(OpenApiModule);
// It ships no types; this is what is used of it here.
interface Fc2 {
  invokeFunction(service: string, name: string, event: string, headers?: Record<string, string>): Promise<unknown>;
}
const Fc2Client: new (accountId: string, options: Record<string, unknown>) => Fc2 = createRequire(import.meta.url)(
  '@alicloud/fc2',
);

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function start(options: Partial<FunctionOptions> = {}, more: CloudOptions = {}) {
  cloud = await startLocalCloud({ functions: { echo: echo({ asyncTask: true, ...options }) }, ...more });
  const { fc, ecs } = cloud;
  const invoke = (event: unknown, headers: Record<string, string> = {}, key: AccessKey = ecs.stsCredentials) =>
    invokeFunction(fc.endpoint, key, 'echo', event, headers);
  const enqueue = (event: unknown, headers: Record<string, string> = {}) =>
    invoke(event, { 'x-fc-invocation-type': 'Async', ...headers });
  return { ...cloud, invoke, enqueue };
}

/** InvokeFunction of API version 2023-03-30, by the client that every SDK of Alibaba Cloud is made of. */
function invokeFunction(
  endpoint: string,
  key: AccessKey,
  name: string,
  event: unknown,
  headers: Record<string, string>,
) {
  const client = new OpenApiClient(
    new $OpenApiUtil.Config({ ...key, endpoint: endpoint.replace('http://', ''), protocol: 'HTTP' }),
  );
  const params = new $OpenApiUtil.Params({
    action: 'InvokeFunction',
    version: '2023-03-30',
    protocol: 'HTTP',
    pathname: `/2023-03-30/functions/${name}/invocations`,
    method: 'POST',
    authType: 'AK',
    style: 'ROA',
    reqBodyType: 'json',
    bodyType: 'string',
  });
  const request = new $OpenApiUtil.OpenApiRequest({ headers, body: event });
  return client.callApi(params, request, new RuntimeOptions({}));
}

describe('InvokeFunction of FC 3.0', () => {
  it('runs a function and answers with its value', async () => {
    const { invoke } = await start();
    const { body, headers, statusCode } = await invoke({ value: 'done' }, { 'x-fc-log-type': 'Tail' });
    expect([statusCode, body]).toEqual([200, 'done']);
    expect(Buffer.from(headers['x-fc-log-result'], 'base64').toString()).toContain('invocation 1');
  });

  it('is 200 for a function that failed, with a header that tells', async () => {
    const { invoke } = await start();
    const { body, headers, statusCode } = await invoke({ throw: 'oops' });
    expect([statusCode, headers['x-fc-error-type']]).toEqual([200, 'UnhandledInvocationError']);
    expect(json(body)).toMatchObject({ errorMessage: 'oops' });
  });

  it('believes permanent keys too, and nobody without the secret', async () => {
    const { invoke, ecs } = await start();
    expect(await invoke({ value: 1 }, {}, ecs.credentials)).toMatchObject({ body: '1' });
    const error = await failure(invoke({}, {}, { ...ecs.credentials, accessKeySecret: 'wrong' }));
    expect(error).toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('does not know a function that is not there', async () => {
    const { fc, ecs } = await start();
    const error = await failure(invokeFunction(fc.endpoint, ecs.credentials, 'nobody', {}, {}));
    expect(error).toMatchObject({ statusCode: 404, code: 'FunctionNotFound' });
  });
});

describe('the asynchronous queue', () => {
  it('answers 202 at once and runs the function', async () => {
    const { enqueue, fc } = await start();
    const { statusCode, headers, body } = await enqueue({ value: 'x' }, { 'x-fc-async-task-id': 'task-1' });
    expect([statusCode, body, headers['x-fc-async-task-id']]).toEqual([202, '', 'task-1']);
    await fc.idle();
    expect(fc.tasks).toMatchObject([
      {
        id: 'task-1',
        function: 'echo',
        status: 'Succeeded',
        attempts: 1,
        payload: '{"value":"x"}',
        results: [{ payload: 'x' }],
      },
    ]);
  });

  it('refuses a task id that it has seen', async () => {
    const { enqueue, fc } = await start();
    await enqueue({ value: 1 }, { 'x-fc-async-task-id': 'same' });
    const error = await failure(enqueue({ value: 2 }, { 'x-fc-async-task-id': 'same' }));
    expect(error).toMatchObject({ statusCode: 409 });
    expect(fc.tasks).toHaveLength(1);
    expect(fc.calls.map((call) => [call.taskId, call.status])).toEqual([
      ['same', 202],
      ['same', 409],
    ]);
  });

  it('does not look at task ids unless the function has asyncTask', async () => {
    const { enqueue, fc } = await start({ asyncTask: false });
    await enqueue({ value: 1 }, { 'x-fc-async-task-id': 'same' });
    await enqueue({ value: 2 }, { 'x-fc-async-task-id': 'same' });
    expect(fc.tasks.map((task) => task.id)).not.toContain('same');
  });

  it('waits as long as it is told to, on the cloud clock', async () => {
    const { enqueue, fc, clock } = await start();
    await enqueue({ value: 1 }, { 'x-fc-async-delay': '600' });
    clock.advance(599_000);
    expect(fc.tasks).toMatchObject([{ status: 'Enqueued', delaySeconds: 600, attempts: 0 }]);
    clock.advance(2_000);
    await fc.idle();
    expect(fc.tasks).toMatchObject([{ status: 'Succeeded' }]);
  });

  it.each(['3601', '-1', '1.5'])('refuses a delay of %s', async (delay) => {
    const { enqueue } = await start();
    expect(await failure(enqueue({}, { 'x-fc-async-delay': delay }))).toMatchObject({ code: 'InvalidArgument' });
  });

  it('refuses more than 128 KB', async () => {
    const { enqueue, fc } = await start();
    expect(await failure(enqueue({ a: 'x'.repeat(128 * 1024) }))).toMatchObject({ code: 'InvalidArgument' });
    expect(fc.tasks).toEqual([]);
  });

  it('repeats a failed invocation, counting', async () => {
    const { enqueue, fc } = await start();
    await enqueue({ throw: 'not yet', untilRetry: 2, value: 'at last' });
    await fc.drain();
    expect(fc.tasks).toMatchObject([{ status: 'Succeeded', attempts: 3 }]);
    expect(fc.tasks[0]?.results.map((result) => result.errorType)).toEqual([
      'UnhandledInvocationError',
      'UnhandledInvocationError',
      undefined,
    ]);
  });

  it('gives up after the last retry and tells the destination', async () => {
    const { enqueue, fc } = await start({ maxAsyncRetryAttempts: 1, onFailure: true });
    await enqueue({ throw: 'never' });
    await fc.drain();
    expect(fc.tasks).toMatchObject([{ status: 'Failed', attempts: 2 }]);
    expect(fc.failures).toMatchObject([
      {
        requestContext: {
          functionArn: 'acs:fc:cn-hangzhou:1234567890123456:functions/echo',
          condition: 'RetriesExhausted',
          approximateInvokeCount: 2,
        },
        requestPayload: '{"throw":"never"}',
        responseContext: { functionError: 'UnhandledInvocationError' },
        responsePayload: expect.stringContaining('"errorMessage":"never"'),
      },
    ]);
  });

  it('gives up on what has become too old', async () => {
    const { enqueue, fc, clock } = await start({ maxAsyncEventAgeInSeconds: 60, onFailure: true });
    await enqueue({ value: 1 }, { 'x-fc-async-delay': '30' });
    clock.advance(61_000);
    await fc.idle();
    expect(fc.tasks).toMatchObject([{ status: 'Expired', attempts: 0 }]);
    expect(fc.failures).toMatchObject([{ requestContext: { condition: 'EventAgeExceeded' } }]);
  });

  it('delivers more than once when told to', async () => {
    const { enqueue, fc } = await start({ deliveries: { count: 3, gapSeconds: 90 } });
    await enqueue({ value: 1 });
    await fc.drain();
    expect(fc.tasks).toMatchObject([{ attempts: 3, status: 'Succeeded' }]);
  });

  it('keeps to the number of instances', async () => {
    const { enqueue, fc } = await start({ maxInstances: 1 });
    await Promise.all([enqueue({}), enqueue({}), enqueue({})]);
    await fc.idle();
    const pids = fc.tasks.map((task) => json(task.results[0]?.payload ?? '')).map((seen) => 'pid' in seen && seen.pid);
    expect(new Set(pids).size).toBe(1);
  });

  it('repeats what was killed half way', async () => {
    const { enqueue, fc } = await start({ maxAsyncRetryAttempts: 0 });
    await enqueue({ forever: true });
    await fc.begun('echo');
    expect(fc.killRunning('echo')).toBe(1);
    await fc.idle();
    expect(fc.tasks).toMatchObject([{ status: 'Failed', attempts: 1 }]);
  });

  it('can lose the answer of an accepted message, and refuse the next', async () => {
    const { enqueue, fc } = await start();
    const refusal = { kind: 'answer', status: 500, code: 'InternalServerError' } as const;
    fc.script('InvokeFunction', [{ kind: 'reset', applied: true }, refusal, undefined]);
    await failure(enqueue({ value: 1 }, { 'x-fc-async-task-id': 'one' }));
    expect(await failure(enqueue({ value: 2 }))).toMatchObject({ statusCode: 500, code: 'InternalServerError' });
    await enqueue({ value: 3 });
    await fc.idle();
    expect(fc.tasks.map((task) => task.payload)).toEqual(['{"value":1}', '{"value":3}']);
    expect(fc.calls.map(({ fault, status }) => [fault, status])).toEqual([
      ['reset', undefined],
      ['answer', 500],
      [undefined, 202],
    ]);
  });
});

describe('@alicloud/fc2', () => {
  async function startFc2() {
    const { fc, ecs, accountId } = await start({}, { edition: 'fc2', serviceName: 'my-service' });
    const client = ({ accessKeyId: accessKeyID, ...key }: AccessKey) =>
      new Fc2Client(accountId, { accessKeyID, ...key, region: 'cn-hangzhou', endpoint: fc.endpoint, secure: false });
    return { fc, ecs, client };
  }

  it('invokes by the scheme of FC 2.0, with a temporary key and a permanent one', async () => {
    const { ecs, client } = await startFc2();
    const event = JSON.stringify({ value: 'done' });
    for (const key of [ecs.stsCredentials, ecs.credentials]) {
      expect(await client(key).invokeFunction('my-service', 'echo', event)).toMatchObject({ data: 'done' });
    }
  });

  it('queues with a task id, once', async () => {
    const { fc, ecs, client } = await startFc2();
    const headers = { 'x-fc-invocation-type': 'Async', 'x-fc-stateful-async-invocation-id': 'task-1' };
    const enqueue = () => client(ecs.stsCredentials).invokeFunction('my-service', 'echo', '{"value":1}', headers);
    await enqueue();
    expect((await failure(enqueue()))['message']).toContain('failed with 409');
    await fc.idle();
    expect(fc.tasks).toMatchObject([{ id: 'task-1', status: 'Succeeded', results: [{ payload: '1' }] }]);
  });

  it('is refused with a wrong secret, or for another service', async () => {
    const { ecs, client } = await startFc2();
    const wrong = client({ ...ecs.credentials, accessKeySecret: 'wrong' });
    expect(await failure(wrong.invokeFunction('my-service', 'echo', ''))).toMatchObject({ code: 'SignatureNotMatch' });
    const right = client(ecs.credentials);
    expect(await failure(right.invokeFunction('other', 'echo', ''))).toMatchObject({ code: 'ServiceNotFound' });
  });
});
