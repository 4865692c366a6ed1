import fc from 'fast-check';
import { vi } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { entering } from '../support/detaching.ts';
import { rebooting } from '../support/rebooting.ts';

export type RolloutSchedule = {
  readonly instances: number;
  readonly batchSize: number;
  readonly maxErrors: number;
  readonly intervalSeconds: number;
  readonly healthTimeoutSeconds: number;
  readonly rebootSeconds: number;
  /** Positions of instances that never come back, but for being mended. */
  readonly bad: readonly number[];
  /** Positions of instances that are stopped. */
  readonly stopped: readonly number[];
  /** By its number among the messages, the first of each wave. */
  readonly lost: readonly number[];
  /** So long after its time each message comes again; undefined: once. */
  readonly again: number | undefined;
  /** How late messages come, in turn. */
  readonly late: readonly number[];
};

const position = fc.nat({ max: 15 });

export const rolloutSchedules: fc.Arbitrary<RolloutSchedule> = fc
  .record({
    instances: fc.integer({ min: 1, max: 16 }),
    batchSize: fc.integer({ min: 2, max: 6 }),
    maxErrors: fc.nat({ max: 3 }),
    intervalSeconds: fc.constantFrom(0, 30, 120, 600),
    healthTimeoutSeconds: fc.constantFrom(60, 300, 600),
    rebootSeconds: fc.constantFrom(20, 45, 90),
    bad: fc.array(position, { maxLength: 5 }),
    stopped: fc.array(position, { maxLength: 3 }),
    lost: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.nat({ max: 5 }), { maxLength: 2 }) },
    ),
    again: fc.constantFrom(undefined, undefined, 0, 40, 700),
    late: fc.array(fc.constantFrom(0, 0, 1, 20), { minLength: 1, maxLength: 5 }),
  })
  // A number that no wave can exceed stops nothing, and what takes longer than the patience is not back in time.
  .filter(
    ({ batchSize, maxErrors, rebootSeconds, healthTimeoutSeconds }) =>
      maxErrors < batchSize && rebootSeconds < healthTimeoutSeconds,
  );

export type Rollout = {
  readonly schedule: RolloutSchedule;
  readonly ids: readonly string[];
  /** The waves, as they were queued. */
  readonly waves: readonly (readonly string[])[];
  /** Of the first rollout, before anything was mended. */
  readonly reboots: readonly number[];
  readonly mostDown: number;
  /** For each wave that began: how many of the waves before it were not back then. */
  readonly notBackAtBegin: readonly number[];
  /** What was thrown in the end, by answer. */
  readonly failures: readonly string[];
  readonly actions: ReadonlySet<string>;
  readonly runs: number;
  /** After all is mended and the request was sent again. */
  readonly afterwards: readonly number[];
};

type Message = { readonly at: number; readonly payload: string; readonly number: number };

const SEEDED_AT = Date.parse('2026-11-26T09:00:20Z');
const NEVER_BACK = 10_000_000;
const RETRIES = 3;

/** A rollout and its end against a cloud of its own, whose time goes on from message to message. `Date` alone is faked. */
export async function playRollout(schedule: RolloutSchedule): Promise<Rollout> {
  vi.useFakeTimers({ toFake: ['Date'], now: SEEDED_AT });
  const { instances, rebootSeconds, bad, stopped } = schedule;
  const ids = Array.from({ length: instances }, (_, k) => `i-bp1roll${String(k).padStart(14, '0')}`);
  const cloud = await startLocalCloud({
    instances: ids.map((instanceId, k) => ({
      instanceId,
      rebootSeconds: bad.includes(k) ? NEVER_BACK : rebootSeconds,
    })),
  });
  try {
    for (const k of stopped) if (ids[k] && !bad.includes(k)) cloud.ecs.setStatus(ids[k], 'Stopped');
    const down = () => ids.filter((id) => !['Running', 'Stopped'].includes(cloud.ecs.instance(id).status)).length;
    const counts = () => ids.map((id) => cloud.ecs.instance(id).reboots.length);
    const queue = queueOf(cloud);
    await rollOut(cloud, ids, schedule);
    const waves = queue.waiting.map(({ payload }): string[] => JSON.parse(payload).InstanceIds);
    const isBack = (id: string) => {
      const { status, reboots } = settled(cloud, id);
      return status === 'Stopped' || (status === 'Running' && reboots.length > 0);
    };
    const begun = new Set<number>();
    const notBackAtBegin: number[] = [];
    let mostDown = 0;
    cloud.ecs.onCall('RebootInstances', ({ instanceIds }) => {
      const wave = waves.findIndex((some) => some.includes(instanceIds[0] ?? ''));
      if (!begun.has(wave))
        notBackAtBegin.push(
          waves
            .slice(0, wave)
            .flat()
            .filter((id) => !isBack(id)).length,
        );
      begun.add(wave);
      return undefined;
    });
    const first = await deliverAll(cloud, queue, schedule, () => {
      for (const id of ids) settled(cloud, id);
      mostDown = Math.max(mostDown, down());
    });
    const reboots = counts();
    cloud.ecs.onCall('RebootInstances', undefined);
    for (const k of bad)
      if (ids[k] && settled(cloud, ids[k]).status === 'Starting') cloud.ecs.setStatus(ids[k], 'Running');
    for (const k of bad)
      if (ids[k] && settled(cloud, ids[k]).status === 'Stopping') cloud.ecs.setStatus(ids[k], 'Running');
    vi.setSystemTime(Date.now() + 120_000);
    await rollOut(cloud, ids, { ...schedule, maxErrors: schedule.batchSize }, new Date(SEEDED_AT).toISOString());
    await deliverAll(cloud, queue, { ...schedule, lost: [], again: undefined }, () => undefined);
    return { schedule, ids, waves, reboots, mostDown, notBackAtBegin, ...first, afterwards: counts() };
  } finally {
    vi.useRealTimers();
    await cloud.stop();
  }
}

function settled(cloud: LocalCloud, id: string) {
  cloud.ecs.instances();
  return cloud.ecs.instance(id);
}

/** FC's queue, which takes a task id once. Nothing is run by itself. */
function queueOf(cloud: LocalCloud) {
  const taken = new Map<string, { payload: string; stopped: boolean }>();
  const waiting: Message[] = [];
  cloud.fc.onCall('InvokeFunction', ({ taskId = '', payload, delaySeconds, function: name }) => {
    if (taken.has(taskId)) return { kind: 'answer', status: 409, code: 'AsyncTaskAlreadyExists' };
    taken.set(taskId, { payload, stopped: false });
    if (name === 'reboot-instances') {
      waiting.push({ at: Date.now() + delaySeconds * 1_000, payload, number: waiting.length });
    }
    return { kind: 'raw', body: '', status: 202, headers: { 'x-fc-request-id': taskId } };
  });
  cloud.fc.onTaskCall('GetAsyncTask', ({ taskId }) => {
    const task = taken.get(taskId);
    if (!task) return { kind: 'answer', status: 404, code: 'AsyncTaskNotFound' };
    return { kind: 'raw', body: JSON.stringify({ status: 'Enqueued', taskPayload: task.payload }) };
  });
  cloud.fc.onTaskCall('StopAsyncTask', () => ({ kind: 'raw', body: '', status: 204 }));
  return { waiting };
}

async function rollOut(
  cloud: LocalCloud,
  ids: readonly string[],
  { batchSize, maxErrors, intervalSeconds, healthTimeoutSeconds }: RolloutSchedule,
  since?: string,
): Promise<void> {
  const Reboot = {
    BatchSize: batchSize,
    MaxErrors: maxErrors,
    IntervalSeconds: intervalSeconds,
    HealthTimeoutSeconds: healthTimeoutSeconds,
  };
  const fields = { RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, InstanceIds: ids, Reboot };
  await entering(cloud, { ...fields, ...(since !== undefined && { DetachedSince: since }) }, {});
}

type Told = Pick<Rollout, 'failures' | 'actions' | 'runs'>;

/** Message by message in the order of their times, as the schedule has them lost, late and repeated. */
async function deliverAll(
  cloud: LocalCloud,
  { waiting }: ReturnType<typeof queueOf>,
  { lost, again, late }: RolloutSchedule,
  look: () => void,
): Promise<Told> {
  const failures: string[] = [];
  const actions = new Set<string>();
  let runs = 0;
  const repeats: Message[] = [];
  const next = () => {
    const all = [...waiting, ...repeats].sort((a, b) => a.at - b.at || a.number - b.number);
    const [message] = all;
    for (const list of [waiting, repeats]) if (message && list.includes(message)) list.splice(list.indexOf(message), 1);
    return message;
  };
  const lostPayloads = new Set(waiting.filter((_, k) => lost.includes(k)).map(({ payload }) => payload));
  if (again !== undefined) repeats.push(...waiting.map((message) => ({ ...message, at: message.at + again * 1_000 })));
  for (let message = next(); message; message = next()) {
    if (lostPayloads.has(message.payload)) continue;
    vi.setSystemTime(Math.max(Date.now(), message.at) + (late[runs % late.length] ?? 0) * 1_000);
    for (let attempt = 0; attempt <= RETRIES; attempt++) {
      look();
      const { thrown, answer, ...run } = await rebooting(cloud, message.payload, { timeoutSeconds: 600 });
      runs += 1;
      look();
      for (const action of run.actions) actions.add(action);
      if (!thrown) break;
      if (attempt === RETRIES) failures.push(JSON.stringify(answer));
      vi.setSystemTime(Date.now() + 1_000);
    }
  }
  return { failures, actions, runs };
}
