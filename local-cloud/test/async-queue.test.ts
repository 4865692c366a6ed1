import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { FunctionOptions } from '../fc/settings.ts';
import { failure } from './clients.ts';
import { echo, json } from './echo.ts';
import { invokeFunction } from './invoke-function.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function start(options: Partial<FunctionOptions> = {}) {
  cloud = await startLocalCloud({ functions: { echo: echo({ asyncTask: true, ...options }) } });
  const { fc, ecs } = cloud;
  const enqueue = (event: unknown, headers: Record<string, string> = {}) =>
    invokeFunction(fc.endpoint, ecs.stsCredentials, 'echo', event, { 'x-fc-invocation-type': 'Async', ...headers });
  return { ...cloud, enqueue };
}

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

  it('waits for the delay that was asked for, on the cloud clock', async () => {
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
