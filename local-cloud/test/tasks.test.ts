import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { FunctionOptions } from '../fc/settings.ts';
import { failure } from './clients.ts';
import { echo } from './echo.ts';
import { getAsyncTask, invokeFunction, stopAsyncTask } from './invoke-function.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function start(options: Partial<FunctionOptions> = {}, switches: CloudOptions['switches'] = {}) {
  cloud = await startLocalCloud({ functions: { echo: echo({ asyncTask: true, ...options }) }, switches });
  const { fc, ecs } = cloud;
  const enqueue = (event: unknown, delaySeconds = 0) =>
    invokeFunction(fc.endpoint, ecs.stsCredentials, 'echo', event, {
      'x-fc-invocation-type': 'Async',
      'x-fc-async-task-id': 'task',
      'x-fc-async-delay': String(delaySeconds),
    });
  const get = async (id = 'task') => (await getAsyncTask(fc.endpoint, ecs.stsCredentials, 'echo', id)).body;
  const stop = (id = 'task') => stopAsyncTask(fc.endpoint, ecs.stsCredentials, 'echo', id);
  return { ...cloud, enqueue, get, stop };
}

describe('GetAsyncTask', () => {
  it('shows a task that waits, with its payload and the time at which it was queued', async () => {
    const { enqueue, get, clock } = await start();
    const before = clock.now();
    await enqueue({ value: 1 }, 600);
    const task = await get();
    expect(task).toMatchObject({ taskId: 'task', status: 'Enqueued', taskPayload: '{"value":1}' });
    expect(task).not.toHaveProperty('startedTime');
    expect(task.events[0]).toMatchObject({ status: 'Enqueued' });
    expect(task.events[0].timestamp).toBeGreaterThanOrEqual(Math.floor(before));
  });

  it('shows when a task began and how it ended', async () => {
    const { enqueue, get, fc, clock } = await start();
    await enqueue({ value: 1 }, 600);
    clock.advance(600_000);
    await fc.idle();
    const { status, startedTime, endTime, events } = await get();
    expect(status).toBe('Succeeded');
    expect(startedTime).toBeGreaterThanOrEqual(events[0].timestamp + 600_000);
    expect(endTime).toBeGreaterThanOrEqual(startedTime);
  });

  it('shows a task that has failed', async () => {
    const { enqueue, get, fc } = await start({ maxAsyncRetryAttempts: 1 });
    await enqueue({ throw: 'never' });
    await fc.drain();
    expect(await get()).toMatchObject({ status: 'Failed', alreadyRetriedTimes: 1 });
  });

  it('can leave the payload out', async () => {
    const { enqueue, get } = await start({}, { taskPayload: 'absent' });
    await enqueue({ value: 1 }, 600);
    expect(await get()).not.toHaveProperty('taskPayload');
  });

  it('is 404 for a task that FC does not know', async () => {
    const { get } = await start();
    expect(await failure(get('nosuch'))).toMatchObject({ statusCode: 404 });
  });

  it('can be refused', async () => {
    const { enqueue, get, fc } = await start();
    await enqueue({}, 600);
    fc.scriptTask('GetAsyncTask', [{ kind: 'answer', status: 403, code: 'AccessDenied' }]);
    expect(await failure(get())).toMatchObject({ statusCode: 403, code: 'AccessDenied' });
    fc.onTaskCall('GetAsyncTask', () => ({ kind: 'answer', status: 429, code: 'ResourceThrottled' }));
    expect(await failure(get())).toMatchObject({ statusCode: 429 });
    expect(fc.taskCalls.map(({ operation, status }) => [operation, status])).toEqual([
      ['GetAsyncTask', 403],
      ['GetAsyncTask', 429],
    ]);
  });
});

describe('StopAsyncTask', () => {
  it('takes a task out of the queue before it is due', async () => {
    const { enqueue, get, stop, fc } = await start({ onFailure: true });
    await enqueue({ value: 1 }, 600);
    expect((await stop()).statusCode).toBe(200);
    await fc.drain();
    expect(await get()).toMatchObject({ status: 'Stopped' });
    expect([fc.tasks[0]?.attempts, fc.failures]).toEqual([0, []]);
  });

  it('kills a task that runs, and FC does not repeat it', async () => {
    const { enqueue, get, stop, fc } = await start();
    await enqueue({ forever: true });
    await fc.begun('echo');
    await stop();
    await fc.drain();
    expect(await get()).toMatchObject({ status: 'Stopped' });
    expect(fc.tasks[0]?.attempts).toBe(1);
  });

  it('refuses a task that is over, and one that FC does not know', async () => {
    const { enqueue, stop, fc } = await start();
    await enqueue({ value: 1 });
    await fc.idle();
    expect(await failure(stop())).toMatchObject({ statusCode: 400 });
    expect(await failure(stop('nosuch'))).toMatchObject({ statusCode: 404 });
  });

  it.each([
    ['refused', 400],
    ['ignored', undefined],
  ] as const)('of a task that waits can be %s', async (stopOfWaiting, status) => {
    const { enqueue, get, stop } = await start({}, { stopOfWaiting });
    await enqueue({ value: 1 }, 600);
    if (status === undefined) await stop();
    else expect(await failure(stop())).toMatchObject({ statusCode: status });
    expect(await get()).toMatchObject({ status: 'Enqueued' });
  });
});

describe("the functions' clock", () => {
  it("goes with the cloud's, and their signatures are taken", async () => {
    const { enqueue, fc, clock } = await start({ onFailure: true });
    clock.advance(14 * 3_600_000);
    await enqueue({ time: true });
    await fc.idle();
    const told = Number(fc.tasks[0]?.results[0]?.payload);
    expect(Math.abs(told - clock.now())).toBeLessThan(60_000);
  });
});
