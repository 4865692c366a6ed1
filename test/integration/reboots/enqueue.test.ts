import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, rebootCalls, rebootTasks, spoilReboots } from '../../support/bundled-cloud.ts';
import { detaching, type Options, request } from '../../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

type Task = {
  TaskId: string;
  InstanceIds: string[];
  DelaySeconds: string;
  Status: string;
  Code?: string;
  Message?: string;
};

const EDITIONS = [
  ['fc3', {}],
  ['fc2', { FC_SERVICE_NAME: 'fc-detach-key-pair' }],
] as const;

/** What comes after it is later, in milliseconds too. */
async function aMillisecond(): Promise<void> {
  const now = Date.now();
  while (Date.now() <= now) await new Promise(setImmediate);
}

/** The function in this process, FC's queue and the real clients on the wire. */
async function queueing(edition: 'fc3' | 'fc2', variables: Record<string, string>, instances = 3) {
  cloud = await bundledCloud({ instances, edition });
  const ids = cloud.ecs.bound();
  const detach = detaching(cloud, { variables });
  return async (fields: object = {}, options: Options = {}, http: object = {}) => {
    for (const id of ids) cloud.ecs.bind(id, 'leaked-key'); // only what had the key pair is restarted
    const { body: canonical } = request(ids, { Reboot: { IntervalSeconds: 0 }, ...fields });
    const { status, body, lines } = await detach({ ...http, body: canonical }, options);
    const { TotalCount, FailCount, Tasks } = JSON.parse(JSON.stringify(body['Reboot']));
    const tasks: Task[] = Tasks;
    return { status, total: TotalCount, failed: FailCount, tasks, statuses: tasks.map(({ Status }) => Status), lines };
  };
}

describe.each(EDITIONS)('queueing on %s', (edition, variables) => {
  it('hands over messages as the contract between the functions has them', async () => {
    const ask = await queueing(edition, variables);
    const before = Date.now();
    const { tasks } = await ask({ Reboot: { ForceReboot: true, BatchSize: 2, IntervalSeconds: 30, DelaySeconds: 5 } });
    expect(tasks.map(({ DelaySeconds }) => DelaySeconds)).toEqual(['5', '35']);
    const [first, second] = rebootTasks(cloud).map(({ id, delaySeconds, payload }) => ({
      id,
      delaySeconds,
      ...JSON.parse(String(payload)),
    }));
    expect(first).toMatchObject({
      id: tasks[0]?.TaskId,
      delaySeconds: 5,
      Version: 1,
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      ForceReboot: true,
      InstanceIds: tasks[0]?.InstanceIds,
    });
    expect(tasks[0]?.TaskId).toMatch(/^[A-Za-z_][\w-]{0,127}$/);
    const detachedAt = Date.parse(first.DetachedAt);
    expect(detachedAt).toBeGreaterThanOrEqual(before);
    expect(first.DetachedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(first.NotAfter)).toBe(detachedAt + 5_000 + 3_600_000);
    expect(Date.parse(second.NotAfter)).toBe(Date.parse(second.DetachedAt) + 35_000 + 3_600_000);
    expect(first).not.toHaveProperty('RoleArn');
  });

  it('signs with temporary credentials too', async () => {
    await queueing(edition, variables);
    const credentials = { ...cloud.ecs.stsCredentials };
    const ask = detaching(cloud, {
      variables: { ...variables, ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: '' },
      credentials,
    });
    const { body } = await ask(request(cloud.ecs.bound(), { Reboot: true }));
    expect(body['Reboot']).toMatchObject({ FailCount: '0', Tasks: [{ Status: 'Enqueued' }] });
  });

  it.each([
    ['throttled', { kind: 'answer', status: 429, code: 'ResourceThrottled' }],
    ['out of order', { kind: 'answer', status: 500, code: 'InternalServerError' }],
    ['cut off', { kind: 'reset', applied: false }],
    ['half an answer', { kind: 'html', status: 502 }],
  ] as const)('is repeated when it is %s', async (_, fault) => {
    const ask = await queueing(edition, variables);
    spoilReboots(cloud, [fault, fault]);
    expect((await ask()).statuses).toEqual(['Enqueued']);
    expect(rebootTasks(cloud)).toHaveLength(1);
  });

  it('is Duplicate for a set that a token has queued before, and not for another set', async () => {
    const ask = await queueing(edition, variables);
    expect((await ask({ ClientToken: 'a' })).statuses).toEqual(['Enqueued']);
    expect((await ask({ ClientToken: 'a' })).statuses).toEqual(['Duplicate']);
    expect((await ask({ ClientToken: 'b' })).statuses).toEqual(['Enqueued']);
    expect((await ask({ ClientToken: 'a', Reboot: { ForceReboot: true } })).statuses).toEqual(['Enqueued']);
    expect(
      (
        await ask({
          ClientToken: 'a',
          InstanceIds: cloud.ecs
            .instances()
            .slice(1)
            .map(({ instanceId }) => instanceId),
        })
      ).statuses,
    ).toEqual(['Enqueued']);
  });

  it.each([
    ['without a body', { kind: 'empty', status: 409 }],
    ['of text', { kind: 'raw', body: 'conflict', status: 409, headers: { 'content-type': 'text/plain' } }],
    ['of JSON without a code', { kind: 'raw', body: '{}', status: 409 }],
  ] as const)(
    'takes a 409 %s for a task that is known, and queues another where its state is not told',
    async (_, fault) => {
      const ask = await queueing(edition, variables);
      spoilReboots(cloud, [fault]);
      const { tasks } = await ask();
      // FC 2.0 tells no states at all.
      expect(tasks.map(({ Status }) => Status)).toEqual([edition === 'fc3' ? 'Enqueued' : 'Duplicate']);
      expect(rebootCalls(cloud)).toHaveLength(edition === 'fc3' ? 2 : 1);
      if (edition === 'fc3') expect(tasks[0]?.TaskId).toMatch(/^reboot-[0-9a-f]{64}-x[0-9a-f]{8}$/);
    },
  );

  it.each([
    ['a page that is not there', { kind: 'html', status: 404 }, 'HTTP404'],
    ['a refusal without a body', { kind: 'empty', status: 403 }, 'HTTP403'],
    ['a refusal without a code', { kind: 'raw', body: '{}', status: 404 }, 'HTTP404'],
  ] as const)('does not repeat %s', async (_, fault, code) => {
    const ask = await queueing(edition, variables);
    spoilReboots(cloud, [fault]);
    expect((await ask()).tasks).toMatchObject([{ Status: 'Failed', Code: code }]);
    expect(rebootCalls(cloud)).toHaveLength(1);
  });

  it('does not take a redirection for a task that is queued', async () => {
    const ask = await queueing(edition, variables);
    spoilReboots(cloud, [{ kind: 'raw', body: '', status: 302, headers: { location: '/elsewhere' } }]);
    expect((await ask()).statuses).toEqual(['Enqueued']);
    expect(rebootCalls(cloud)).toHaveLength(2);
  });

  it('says why a task could not be queued, and of which instances', async () => {
    const ask = await queueing(edition, variables);
    cloud.fc.onCall('InvokeFunction', () => ({
      kind: 'answer',
      status: 403,
      code: 'AccessDenied',
      message: 'not for you',
    }));
    const { status, failed, tasks, lines } = await ask();
    expect([status, failed]).toEqual([200, '3']);
    expect(lines.at(-1)).toMatchObject({ event: 'response', reboots: 3, rebootsFailed: 3 });
    expect(tasks).toMatchObject([
      {
        Status: 'Failed',
        Code: 'AccessDenied',
        InstanceIds: cloud.ecs.instances().map(({ instanceId }) => instanceId),
      },
    ]);
  });

  it('gives up before the deadline, and names what is left', async () => {
    const ask = await queueing(edition, variables);
    cloud.fc.onCall('InvokeFunction', () => ({ kind: 'hang', applied: false }));
    const startedAt = Date.now();
    const { failed, tasks } = await ask({}, { timeoutSeconds: 2, variables: { DEADLINE_MARGIN_MS: '500' } });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect([failed, tasks[0]?.Status]).toEqual(['3', 'Failed']);
  });

  it('fails where no service answers', async () => {
    const ask = await queueing(edition, variables);
    const { tasks } = await ask({}, { variables: { ...variables, FC_ENDPOINT: 'http://127.0.0.1:1' } });
    expect(tasks).toMatchObject([{ Status: 'Failed', Code: 'ServiceUnavailable' }]);
  });

  it('names a function that is not there', async () => {
    const ask = await queueing(edition, variables);
    const { tasks } = await ask({}, { variables: { ...variables, REBOOT_FUNCTION_NAME: 'nosuch' } });
    expect(tasks).toMatchObject([{ Status: 'Failed', Code: 'FunctionNotFound' }]);
  });
});

describe('a task id that FC knows', () => {
  const asked = { ClientToken: 'a', Reboot: { DelaySeconds: 600 } };

  it('is Duplicate while its task waits, and names no delay', async () => {
    const ask = await queueing('fc3', {});
    const first = await ask(asked);
    const { tasks } = await ask(asked);
    expect(tasks).toEqual([
      {
        TaskId: first.tasks[0]?.TaskId,
        InstanceIds: cloud.ecs.instances().map(({ instanceId }) => instanceId),
        Status: 'Duplicate',
      },
    ]);
  });

  it('is Duplicate for the task that goes on after it', async () => {
    const ask = await queueing('fc3', {});
    const first = await ask({ ...asked, Reboot: { DelaySeconds: 7_200 } });
    cloud.clock.advance(3_600_000);
    while (rebootTasks(cloud).length < 2) await new Promise(setImmediate);
    const { tasks } = await ask({ ...asked, Reboot: { DelaySeconds: 7_200 } });
    expect(tasks).toMatchObject([{ TaskId: `${first.tasks[0]?.TaskId}-1`, Status: 'Duplicate' }]);
  });

  it.each([
    ['does the work where it was over only after the run began', false, 'Duplicate'],
    ['has not done it where it was over before, and the instances run on', true, 'Enqueued'],
  ])('%s', async (_, isOverBefore, status) => {
    cloud = await bundledCloud({ instances: 3 });
    const detach = detaching(cloud);
    const ids = cloud.ecs.bound();
    const ask = async () => {
      const { body } = await detach({ body: request(ids, { ClientToken: 'a', Reboot: { DelaySeconds: 600 } }).body });
      return recordOf(body['Reboot'])['Tasks'];
    };
    await ask();
    const [task] = rebootTasks(cloud);
    await aMillisecond();
    let endTime: number | undefined = isOverBefore ? Date.now() : undefined;
    await aMillisecond();
    // FC's word of the task; the instances are described as running since long before in both cases.
    cloud.fc.onTaskCall('GetAsyncTask', ({ taskId }) => {
      if (taskId !== task?.id) return undefined;
      endTime ??= Date.now();
      return { kind: 'raw', body: JSON.stringify({ taskId, status: 'Succeeded', startedTime: endTime, endTime }) };
    });
    expect(await ask()).toMatchObject([{ Status: status }]);
  });

  it.each([
    ['was stopped', async (taskId: string) => cloud.fc.stop('reboot-instances', taskId)],
    [
      'has failed',
      async () => {
        cloud.ecs.permissions.deny('RebootInstances');
        await cloud.fc.drain();
        expect(cloud.fc.failures).toHaveLength(1);
      },
    ],
    ['was over before the instances were detached', async () => cloud.fc.idle()],
  ])('is followed by another task when its own %s', async (how, end) => {
    const ask = await queueing('fc3', {});
    const again = { ...asked, Reboot: { DelaySeconds: how.includes('over') ? 0 : 600 } };
    const first = await ask(again);
    await end(String(first.tasks[0]?.TaskId));
    for (const { instanceId } of cloud.ecs.instances()) cloud.ecs.bind(instanceId, 'leaked-key');
    const { tasks } = await ask(again);
    expect(tasks).toMatchObject([{ TaskId: `${first.tasks[0]?.TaskId}-1`, Status: 'Enqueued' }]);
    expect((await ask(again)).tasks).toMatchObject([{ TaskId: `${first.tasks[0]?.TaskId}-1`, Status: 'Duplicate' }]);
  });

  it.each([
    [
      'of another sender',
      { headers: { Authorization: 'ACS3-HMAC-SHA256 Credential=LTAI5tOther,SignedHeaders=host,Signature=0' } },
      {},
    ],
    ['of another plan', {}, { Reboot: { DelaySeconds: 601 } }],
    ['of waves of another size', {}, { Reboot: { DelaySeconds: 600, BatchSize: 50 } }],
  ])('is not that of the same token and instances %s', async (_, http, fields) => {
    const ask = await queueing('fc3', {});
    await ask(asked);
    expect((await ask({ ...asked, ...fields }, {}, http)).statuses).toEqual(['Enqueued']);
  });
});

describe('queueing', () => {
  it('on FC 2.0 may be to a function of another service', async () => {
    const ask = await queueing('fc2', { FC_SERVICE_NAME: 'another' });
    expect((await ask()).statuses).toEqual(['Failed']);
    expect((await ask({}, { variables: { REBOOT_SERVICE_NAME: 'fc-detach-key-pair' } })).statuses).toEqual([
      'Enqueued',
    ]);
  });

  it("goes to the account's own host over https when nothing else is said", async () => {
    for (const [edition, variables] of EDITIONS) {
      const ask = await queueing(edition, variables);
      const { tasks } = await ask({}, { timeoutSeconds: 2, variables: { ...variables, FC_ENDPOINT: '' } });
      expect(tasks).toMatchObject([{ Status: 'Failed' }]);
      expect(cloud.fc.calls).toEqual([]);
      if (edition === 'fc3') await cloud.stop();
    }
  });
});
