import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { echo } from '../../local-cloud/test/echo.ts';
import { createQueue as createFc2Queue } from '../../shared/alibaba/fc2.ts';
import { createQueue } from '../../shared/alibaba/fc3.ts';
import { CallError } from '../../shared/ecs/call-error.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const TIMEOUT_MS = 10_000;

async function start(options: CloudOptions = {}) {
  cloud = await startLocalCloud({ ...options, functions: { echo: echo({ asyncTask: true }) } });
  const { fc, ecs, accountId, regionId: region } = cloud;
  const where = { credentials: ecs.credentials, accountId, region, endpoint: fc.endpoint, functionName: 'echo' };
  return options.edition === 'fc2'
    ? createFc2Queue({ ...where, serviceName: 'fc-detach-key-pair' })
    : createQueue(where);
}

const task = (delaySeconds = 0) => ({ taskId: 'task', delaySeconds, payload: '{"value":1}' });
const failed = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the state of a task', () => {
  it('is told with what it was given and when, before and after it runs', async () => {
    const queue = await start();
    await queue.submit(task(600), TIMEOUT_MS);
    const waiting = await queue.status('task', TIMEOUT_MS);
    expect(waiting).toMatchObject({ state: 'Enqueued', startedAt: undefined, payload: '{"value":1}' });
    cloud.clock.advance(600_000);
    await cloud.fc.idle();
    const done = await queue.status('task', TIMEOUT_MS);
    expect(done).toMatchObject({
      state: 'Succeeded',
      startedAt: expect.any(Number),
      endedAt: expect.any(Number),
      queuedAt: expect.any(Number),
    });
  });

  it('is NotFound for one that FC does not know', async () => {
    const queue = await start();
    expect(await queue.status('nosuch', TIMEOUT_MS)).toBe('NotFound');
  });

  it.each([
    ['a refusal', { kind: 'answer', status: 403, code: 'AccessDenied' }, { code: 'AccessDenied' }],
    ['a state that is none', { kind: 'raw', body: '{"status":"Odd"}' }, { kind: 'transient' }],
    ['a page', { kind: 'html', status: 200 }, { kind: 'transient' }],
    ['silence', { kind: 'reset', applied: false }, { kind: 'transient' }],
  ] as const)('is a CallError where FC answers with %s', async (_, fault, error) => {
    const queue = await start();
    await queue.submit(task(600), TIMEOUT_MS);
    cloud.fc.scriptTask('GetAsyncTask', [fault]);
    const thrown = await failed(queue.status('task', TIMEOUT_MS));
    expect(thrown).toBeInstanceOf(CallError);
    expect(thrown).toMatchObject(error);
  });

  it('is not told by FC 2.0, which stops nothing either', async () => {
    const queue = await start({ edition: 'fc2' });
    await queue.submit(task(600), TIMEOUT_MS);
    expect(await queue.status('task', TIMEOUT_MS)).toBe('Untold');
    expect(await queue.stop('task', TIMEOUT_MS)).toBe(false);
    expect(cloud.fc.tasks).toMatchObject([{ status: 'Enqueued' }]);
  });
});

describe('stopping a task', () => {
  it('takes it out of the queue', async () => {
    const queue = await start();
    await queue.submit(task(600), TIMEOUT_MS);
    expect(await queue.stop('task', TIMEOUT_MS)).toBe(true);
    expect(await queue.status('task', TIMEOUT_MS)).toMatchObject({ state: 'Stopped' });
  });

  it('is a CallError where FC refuses it', async () => {
    const queue = await start();
    expect(await failed(queue.stop('nosuch', TIMEOUT_MS))).toMatchObject({ status: 404 });
  });
});
