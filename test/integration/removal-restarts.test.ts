import { afterEach, expect, it } from 'vitest';
import { enter } from '../../functions/remove-public-key/invoke.ts';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { ABSENT } from '../../local-cloud/ecs/assistant/agent.ts';
import { publicKeyFor } from '../../local-cloud/ecs/key-pairs.ts';
import { recordOf } from '../../shared/record.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';
import { messaging } from '../support/messaging.ts';

let cloud: LocalCloud;
afterEach(() => cloud?.stop());

type Task = { TaskId: string; InstanceIds: string[]; DelaySeconds?: string; Status: string; Code?: string };
const PLAN = { ForceReboot: false, BatchSize: 2, IntervalSeconds: 120, DelaySeconds: 0, FirstWave: 0 };

async function start(instances: number) {
  cloud = await bundledCloud({ instances });
  const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
  for (const id of ids) cloud.ecs.bind(id, undefined);
  return ids;
}

async function run(ids: readonly string[], more: object = {}, variables: Record<string, string> = {}) {
  const message = {
    Version: 1,
    RegionId: 'cn-hangzhou',
    KeyPairName: 'leaked-key',
    PublicKey: publicKeyFor('leaked-key').split(' ').slice(0, 2).join(' '),
    InstanceIds: ids,
    TimeoutSeconds: 30,
    Sessions: 'Keep',
    DetachedAt: new Date(Date.now() - 1_000).toISOString(),
    NotAfter: new Date(Date.now() + 3_000_000).toISOString(),
    SourceRequestId: 'source-request',
    Reboot: PLAN,
    ...more,
  };
  const { thrown, answer } = await messaging(enter, cloud, message, { variables });
  const { TotalCount, FailCount, Tasks } = recordOf(answer['Reboot']);
  const tasks: Task[] = JSON.parse(JSON.stringify(Tasks ?? []));
  return { thrown, total: TotalCount, failed: FailCount, tasks };
}

it('queues the restarts of what is not proven clean, each instance in its own wave', async () => {
  const ids = await start(6);
  for (const k of [0, 5]) cloud.ecs.assistant.setAgent(ids[k] ?? '', ABSENT);

  const { thrown, total, failed, tasks } = await run(ids);

  expect({ thrown, total, failed }).toEqual({ thrown: true, total: '2', failed: '0' });
  expect(tasks.map(({ InstanceIds, DelaySeconds, Status }) => [InstanceIds, DelaySeconds, Status])).toEqual([
    [[ids[0]], '0', 'Enqueued'],
    [[ids[5]], '240', 'Enqueued'],
  ]);
  await cloud.fc.drain();
  expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual([1, 0, 0, 0, 0, 1]);
});

it('queues nothing where all are clean', async () => {
  const ids = await start(2);
  expect(await run(ids)).toEqual({ thrown: false, total: '0', failed: '0', tasks: [] });
});

it('queues all when it is switched off, and again only what no task does yet', async () => {
  const ids = await start(3);
  const DetachedAt = new Date(Date.now() - 1_000).toISOString();

  const first = await run(ids, { DetachedAt }, { ONLINE_DISABLED: 'true' });
  const second = await run(ids, { DetachedAt }, { ONLINE_DISABLED: 'true' });

  expect(first).toMatchObject({ thrown: false, total: '3' });
  expect(first.tasks.map(({ Status }) => Status)).toEqual(['Enqueued', 'Enqueued']);
  expect(second.tasks.map(({ Status }) => Status)).toEqual(['Duplicate', 'Duplicate']);
  await cloud.fc.drain();
  const third = await run(ids, { DetachedAt }, { ONLINE_DISABLED: 'true' });
  expect(third.tasks.map(({ Status }) => Status)).toEqual(['Duplicate', 'Duplicate']);
});

it('says until when a wave waits that FC cannot delay for so long', async () => {
  const ids = await start(1);
  const RoleArn = 'acs:ram::2222222222222222:role/detach';
  await run(
    ids,
    { RoleArn, Reboot: { ...PLAN, DelaySeconds: 7_200 } },
    { ONLINE_DISABLED: 'true', ALLOWED_ROLE_ARNS: RoleArn },
  );

  const [task] = cloud.fc.tasks;
  expect(task?.delaySeconds).toBe(3_600);
  expect(JSON.parse(task?.payload ?? '{}')).toMatchObject({
    RoleArn,
    NotBefore: expect.stringMatching(/Z$/),
    TaskId: task?.id,
  });
});

it('is thrown where a restart could not be queued', async () => {
  const ids = await start(1);
  cloud.fc.onCall('InvokeFunction', () => ({ kind: 'answer', status: 403, code: 'AccessDenied' }));

  const { thrown, failed, tasks } = await run(ids, {}, { ONLINE_DISABLED: 'true' });

  expect({ thrown, failed, code: tasks[0]?.Code }).toEqual({ thrown: true, failed: '1', code: 'AccessDenied' });
});

it.each([{}, { ONLINE_DISABLED: 'true' }])(
  'restarts nothing for a message that may not be carried out: %o',
  async (more) => {
    const ids = await start(1);
    expect(await run(ids, {}, { ALLOWED_REGIONS: 'cn-beijing', ...more })).toMatchObject({ total: '0' });
    const forged = { DetachedAt: new Date(Date.now() + 3_600_000).toISOString() };
    expect(await run(ids, forged, more)).toMatchObject({ total: '0' });
  },
);
