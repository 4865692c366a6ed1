import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { bundledCloud, post, rebootTasks } from '../../support/bundled-cloud.ts';
import { detaching, entering } from '../../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const ids = () => cloud.ecs.instances().map(({ instanceId }) => instanceId);
const restarted = () => cloud.ecs.instances().filter(({ reboots }) => reboots.length > 0).length;
const PATIENCE = { timeout: 60_000, interval: 20 };
const hash = (letter: string) => letter.repeat(64);

type Task = { TaskId: string; Status: string; Code?: string };
type Body = { TotalCount?: string; FailCount?: string; Tasks?: Task[]; Code?: string; Message?: string };

async function send(body: object, headers = {}): Promise<{ status: number; body: Body }> {
  const response = await fetch(cloud.fc.triggerUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const stop = async (taskIds: readonly string[]) => (await send({ StopTasks: taskIds })).body;
const statuses = ({ Tasks = [] }: Body) => Tasks.map(({ Status }) => Status);

async function queueWaves(reboot: object): Promise<string[]> {
  const { body } = await post(cloud, { InstanceIds: ids(), Reboot: reboot });
  const { Tasks }: { Tasks: Task[] } = JSON.parse(JSON.stringify(body['Reboot']));
  return Tasks.map(({ TaskId }) => TaskId);
}

describe('a request with StopTasks', () => {
  it('takes restarts that wait out of the queue, and says which were done', async () => {
    cloud = await bundledCloud({ instances: 6 });
    const tasks = await queueWaves({ BatchSize: 2, DelaySeconds: 60 });
    cloud.clock.advance(61_000);
    await vi.waitFor(() => expect(rebootTasks(cloud)[0]?.status).toBe('Succeeded'), PATIENCE);
    const body = await stop(tasks);
    expect(body).toMatchObject({ TotalCount: '3', Tasks: tasks.map((TaskId) => ({ TaskId })) });
    expect(statuses(body).slice(1)).toEqual(['Stopped', 'Stopped']);
    await cloud.fc.drain();
    expect(restarted()).toBe(2);
    expect(statuses(await stop(tasks))).toEqual(['Finished', 'Stopped', 'Stopped']);
  });

  it('finds the task that goes on where the one of the answer ended', async () => {
    cloud = await bundledCloud({ instances: 2 });
    const tasks = await queueWaves({ DelaySeconds: 10_000 });
    cloud.clock.advance(3_700_000);
    await vi.waitFor(() => expect(rebootTasks(cloud)[0]?.status).toBe('Succeeded'), PATIENCE);
    expect(statuses(await stop(tasks))).toEqual(['Stopped']);
    await cloud.fc.drain();
    expect(restarted()).toBe(0);
  });

  it('stops the waves after it, and DetachedSince finishes them', async () => {
    cloud = await bundledCloud({ instances: 8 });
    const since = new Date(cloud.clock.now()).toISOString();
    const tasks = await queueWaves({ BatchSize: 2, MaxErrors: 0 });
    expect(statuses(await stop(tasks.slice(1, 2)))).toEqual(['Stopped']);
    await cloud.fc.drain();
    expect(restarted()).toBe(2);
    expect(cloud.fc.failures).toEqual([]);
    await post(cloud, { InstanceIds: ids(), Reboot: { BatchSize: 2, MaxErrors: 0 }, DetachedSince: since });
    await cloud.fc.drain();
    expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual(Array(8).fill(1));
  });

  it('takes completions and removals too, each out of its own queue', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const id = (kind: string, letter: string) => `${kind}-${hash(letter)}`;
    const wanted = [id('complete', 'a'), id('continue', 'b'), id('remove', 'c'), id('reboot', 'd')];
    const names = ['detach-key-pair', 'detach-key-pair', 'remove-public-key', 'reboot-instances'];
    for (const [k, taskId] of wanted.entries()) {
      await cloud.fc.invoke(names[k] ?? '', {}, { async: true, taskId, delaySeconds: 600 });
    }
    expect(await stop(wanted)).toMatchObject({ TotalCount: '4', FailCount: '0' });
    expect(cloud.fc.tasks.map(({ status }) => status)).toEqual(Array(4).fill('Stopped'));
  });

  it('says Unknown of what FC does not know, and counts it once', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const unknown = `reboot-${hash('e')}`;
    expect(await stop([unknown, unknown])).toMatchObject({
      TotalCount: '1',
      FailCount: '1',
      Tasks: [{ TaskId: unknown, Status: 'Unknown', Code: 'AsyncTaskNotFound' }],
    });
  });

  it.each([
    ['refused', 'InvalidArgument'],
    ['ignored', 'OutcomeUnknown'],
  ] as const)('says Unknown of a task whose stop FC has %s: it still waits', async (stopOfWaiting, Code) => {
    cloud = await bundledCloud({ instances: 1 });
    const tasks = await queueWaves({ DelaySeconds: 60 });
    cloud.fc.switches.stopOfWaiting = stopOfWaiting;
    expect(await stop(tasks)).toMatchObject({ FailCount: '1', Tasks: [{ Status: 'Unknown', Code }] });
  });

  it('says Running of a restart that is at work', async () => {
    cloud = await bundledCloud({ instances: 1 });
    cloud.fc.onTaskCall('GetAsyncTask', ({ taskId }) =>
      taskId.endsWith('f')
        ? { kind: 'raw', body: JSON.stringify({ status: 'Running' }) }
        : { kind: 'answer', status: 404, code: 'AsyncTaskNotFound' },
    );
    expect(statuses(await stop([`reboot-${hash('f')}`]))).toEqual(['Running']);
  });

  it('says Unknown where FC 2.0 tells nothing', async () => {
    cloud = await bundledCloud({ instances: 1, edition: 'fc2' });
    expect(await stop([`reboot-${hash('a')}`])).toMatchObject({
      Tasks: [{ Status: 'Unknown', Code: 'UnsupportedOperation' }],
    });
  });

  it.each([
    ['an empty list', { StopTasks: [] }, /StopTasks.*at least one/],
    ['no list', { StopTasks: 'all' }, /StopTasks.*at least one/],
    ['an id of another form', { StopTasks: ['reboot-1', `reboot-${hash('a')}`] }, /"reboot-1" is no id/],
    ['a number', { StopTasks: [7] }, /7 is no id/],
    ['many of them', { StopTasks: Array(11).fill('x') }, /and 1 more/],
    ['another field', { StopTasks: [`reboot-${hash('a')}`], RegionId: 'cn-hangzhou' }, /alone.*RegionId/],
    ['a bad token', { StopTasks: [`reboot-${hash('a')}`], ClientToken: 'é' }, /ClientToken/],
    ['too many', { StopTasks: Array.from({ length: 1_001 }, (_, k) => `remove-${hash('a')}-${k}`) }, /1001 ids/],
    ['a name in lower case', { stopTasks: [], RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key' }, /mean StopTasks/],
  ])('is refused by name for %s', async (_, fields, message) => {
    cloud = await startLocalCloud();
    const { status, body } = await detaching(cloud)({ body: fields });
    expect([status, body.Code]).toEqual([400, 'InvalidParameter']);
    expect(body.Message).toMatch(message);
  });
});

describe('the other ways of StopTasks', () => {
  const taskId = `reboot-${hash('a')}`;

  it('are the RPC form and the query with Action', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const ask = detaching(cloud);
    const query = { Action: 'DetachKeyPair', StopTasks: `["${taskId}"]` };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const http of [
      { method: 'GET', query },
      { headers, body: `StopTasks=${taskId}` },
    ]) {
      expect((await ask(http)).body).toMatchObject({ Tasks: [{ TaskId: taskId, Status: 'Unknown' }] });
    }
    expect((await ask({ method: 'GET', query: { StopTasks: taskId } })).status).toBe(400);
  });

  it('are events, and one that another run could finish is thrown', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const event = { specversion: '1.0', source: 'portal', id: '1', data: { StopTasks: [taskId] } };
    expect(await entering(cloud, event, {})).toMatchObject({ Tasks: [{ TaskId: taskId, Status: 'Unknown' }] });
    cloud.fc.onTaskCall('GetAsyncTask', () => ({ kind: 'answer', status: 503, code: 'ServiceUnavailable' }));
    await expect(entering(cloud, event, { timeoutSeconds: 5 })).rejects.toThrow('ServiceUnavailable');
  });

  it('are told to the log with their caller', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const ask = detaching(cloud);
    const { status, lines } = await ask({
      body: { StopTasks: [taskId], ClientToken: 'a' },
      headers: { 'Idempotency-Key': 'a' },
    });
    expect(status).toBe(200);
    expect(lines.filter(({ event }) => event !== 'guards')).toMatchObject([
      { event: 'request', mode: 'stop', tasks: 1 },
      { event: 'response', failed: 1 },
    ]);
  });
});
