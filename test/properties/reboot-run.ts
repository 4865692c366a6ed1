import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import type { EcsCall } from '../../local-cloud/ecs/calls.ts';
import type { Instance, InstanceSeed } from '../../local-cloud/ecs/instance.ts';
import { rebooting } from '../support/rebooting.ts';
import type { Delivery, RebootKind, RebootSchedule } from './reboot-schedule.ts';
import { ecsFault, httpFault } from './scripted.ts';
import { NONCE, type WireWatch, watchWire } from './wire-watch.ts';

export type RebootItem = {
  readonly InstanceId: string;
  readonly Code: string;
  readonly Success: string;
  readonly Action: string;
};

/** One delivery of the message, or of what it has put into the queue again, as it went. */
export type Run = {
  readonly ids: readonly string[];
  readonly thrown: boolean;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly items: readonly RebootItem[];
  readonly calls: readonly EcsCall[];
  /** The instances as they were afterwards; undefined for one that is not there. */
  readonly after: ReadonlyMap<
    string,
    { readonly status: string; readonly startTime: number; readonly reboots: number } | undefined
  >;
  readonly tookMs: number;
  readonly timeoutMs: number;
  readonly openAfterwards: number;
};

export type RebootPlay = {
  readonly schedule: RebootSchedule;
  readonly ids: readonly string[];
  readonly detachedAt: number;
  readonly runs: readonly Run[];
  /** What FC's queue was given, by task id. */
  readonly requeued: ReadonlyMap<string, readonly string[]>;
  /** Instances that a message at onFailure names. */
  readonly named: ReadonlySet<string>;
  readonly instances: ReadonlyMap<string, Instance>;
};

const TIMES = {
  // For what one schedule shows: a busy machine is not to cut it off.
  ample: { timeoutMs: 8_000, marginMs: 1_500, ecsTimeoutMs: 1_000 },
  roomy: { timeoutMs: 2_200, marginMs: 1_500, ecsTimeoutMs: 60 },
  tight: { timeoutMs: 3_400, marginMs: 3_000, ecsTimeoutMs: 60 },
} as const;
const MINUTE = 60_000;

/** FC repeats what has failed so often, then sends it to onFailure. */
const RETRIES = 3;
const CALM: Delivery = { afterSeconds: 60, time: 'roomy', rebootFaults: [], describeFaults: [] };

/** A message and its deliveries against a cloud of its own, whose clock moves between them, until the queue is empty. */
export async function playReboots(schedule: RebootSchedule): Promise<RebootPlay> {
  const cloud = await startLocalCloud({ rebootSeconds: schedule.rebootSeconds });
  const wire = watchWire(new URL(cloud.ecs.endpoint).host);
  try {
    const detachedAt = Date.now();
    const ids = schedule.fleet.map((_, k) => `i-r${k.toString().padStart(4, '0')}`);
    prepare(cloud, schedule, ids, detachedAt);
    const queue = fakeQueue(cloud);
    const runs: Run[] = [];
    const named = new Set<string>();
    const there = ids.filter((_, k) => schedule.fleet[k] !== 'missing');
    const deliverMessage = async (message: Message, delivery: Delivery) => {
      cloud.clock.advance(delivery.afterSeconds * 1_000);
      const run = await deliver(cloud, wire, { message, delivery, there });
      runs.push(run);
      return run;
    };
    const first = messageOf(cloud, schedule, ids, detachedAt);
    let last: Run | undefined;
    for (const delivery of schedule.deliveries) last = await deliverMessage(first, delivery);
    await repeat(first, last);
    settle(cloud, schedule, ids);
    for (let message = queue.next(); message; message = queue.next()) {
      await repeat(message, await deliverMessage(message, CALM));
    }
    const instances = new Map(there.map((id) => [id, cloud.ecs.instance(id)]));
    return { schedule, ids, detachedAt, runs, requeued: queue.taken, named, instances };

    async function repeat(message: Message, run: Run | undefined): Promise<void> {
      let thrown = run?.thrown ? run : undefined;
      for (let retry = 0; thrown && retry < RETRIES; retry++) {
        const again = await deliverMessage(message, CALM);
        thrown = again.thrown ? again : undefined;
      }
      const failed = thrown?.items.filter(({ Success }) => Success === 'false') ?? [];
      for (const { InstanceId } of failed) named.add(InstanceId);
    }
  } finally {
    wire.stop();
    await cloud.stop();
  }
}

type Message = { readonly InstanceIds: readonly string[]; readonly [name: string]: unknown };

function messageOf(
  { regionId, keyPairName }: LocalCloud,
  { force }: RebootSchedule,
  ids: readonly string[],
  detachedAt: number,
): Message {
  return {
    Version: 1,
    RegionId: regionId,
    KeyPairName: keyPairName,
    InstanceIds: ids,
    ForceReboot: force,
    DetachedAt: new Date(detachedAt).toISOString(),
    NotAfter: new Date(detachedAt + 3_600_000).toISOString(),
    SourceRequestId: 'source',
    TaskId: `reboot-${'0'.repeat(64)}`,
  };
}

/** What stopped or started has done so by the time that the queue goes on. */
function settle(cloud: LocalCloud, { fleet }: RebootSchedule, ids: readonly string[]): void {
  for (const [k, kind] of fleet.entries()) {
    const id = ids[k] ?? '';
    if (kind === 'starting') cloud.ecs.setStatus(id, 'Running');
    if (kind === 'stopping') cloud.ecs.setStatus(id, 'Stopped');
  }
}

/** FC's queue, which takes a task id once. Nothing is run by itself. */
function fakeQueue(cloud: LocalCloud) {
  const taken = new Map<string, readonly string[]>();
  const payloads = new Map<string, string>();
  const waiting: Message[] = [];
  cloud.fc.onCall('InvokeFunction', ({ taskId = '', payload }) => {
    if (taken.has(taskId)) return { kind: 'answer', status: 409, code: 'AsyncTaskAlreadyExists' };
    const message: Message = JSON.parse(payload);
    taken.set(taskId, message.InstanceIds);
    payloads.set(taskId, payload);
    waiting.push(message);
    return { kind: 'raw', body: '', status: 202, headers: { 'x-fc-request-id': taskId } };
  });
  cloud.fc.onTaskCall('GetAsyncTask', ({ taskId }) =>
    taken.has(taskId)
      ? { kind: 'raw', body: JSON.stringify({ status: 'Enqueued', taskPayload: payloads.get(taskId) }) }
      : { kind: 'answer', status: 404, code: 'AsyncTaskNotFound' },
  );
  return { taken, next: () => waiting.shift() };
}

function prepare(cloud: LocalCloud, { fleet }: RebootSchedule, ids: readonly string[], detachedAt: number): void {
  const startTimes: Partial<Record<RebootKind, number>> = {
    'in the minute': Math.floor(detachedAt / MINUTE) * MINUTE + 1,
    restarted: (Math.floor(detachedAt / MINUTE) + 1) * MINUTE,
  };
  const statuses = { stopped: 'Stopped', starting: 'Starting', stopping: 'Stopping' } as const;
  for (const [k, kind] of fleet.entries()) {
    if (kind === 'missing') continue;
    const instanceId = ids[k] ?? '';
    const seed: InstanceSeed = {
      instanceId,
      keyPairName: null,
      startTime: startTimes[kind] ?? detachedAt - 3_600_000,
      locked: kind === 'locked',
    };
    cloud.ecs.add([seed]);
    if (kind === 'stopped' || kind === 'starting' || kind === 'stopping')
      cloud.ecs.setStatus(instanceId, statuses[kind]);
  }
}

type Delivered = { message: Message; delivery: Delivery; there: readonly string[] };

async function deliver(cloud: LocalCloud, wire: WireWatch, { message, delivery, there }: Delivered): Promise<Run> {
  const ids = message.InstanceIds;
  const reboots = [...delivery.rebootFaults];
  const describes = [...delivery.describeFaults];
  cloud.ecs.onCall('RebootInstances', (call) => ecsFault(reboots.shift() ?? { kind: 'none' }, call));
  cloud.ecs.onCall('DescribeInstances', () => httpFault(describes.shift() ?? { kind: 'none' }));
  const { timeoutMs, marginMs, ecsTimeoutMs } = TIMES[delivery.time];
  const before = cloud.ecs.calls.length;
  wire.reset();
  const startedAt = performance.now();
  const { thrown, answer, items } = await rebooting(cloud, message, {
    timeoutSeconds: timeoutMs / 1_000,
    variables: { ECS_TIMEOUT_MS: String(ecsTimeoutMs), DEADLINE_MARGIN_MS: String(marginMs) },
  });
  const tookMs = performance.now() - startedAt;
  const begun = wire.begun();
  return {
    ids,
    thrown,
    answer,
    items,
    // What the run before has sent and cut may be read by the cloud only now.
    calls: cloud.ecs.calls.slice(before).filter(({ headers }) => begun.has(headers[NONCE] ?? '')),
    after: new Map(ids.map((id) => [id, there.includes(id) ? seen(cloud.ecs.instance(id)) : undefined])),
    tookMs,
    timeoutMs,
    openAfterwards: wire.now(),
  };
}

function seen({ status, startTime, reboots }: Instance) {
  return { status, startTime, reboots: reboots.length };
}
