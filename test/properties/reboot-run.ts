import { enter } from '../../functions/reboot-instances/invoke.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import type { EcsCall } from '../../local-cloud/ecs/calls.ts';
import type { Instance, InstanceSeed } from '../../local-cloud/ecs/instance.ts';
import { recordOf } from '../../shared/record.ts';
import { fcContext } from '../support/events.ts';
import type { Delivery, RebootKind, RebootSchedule } from './reboot-schedule.ts';
import { ecsFault, httpFault } from './scripted.ts';
import { NONCE, type WireWatch, watchWire } from './wire-watch.ts';

export type RebootItem = {
  readonly InstanceId: string;
  readonly Code: string;
  readonly Success: string;
  readonly Action: string;
};

/** One delivery of the message, as it went. */
export type Run = {
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
  readonly instances: ReadonlyMap<string, Instance>;
};

const ECS_TIMEOUT_MS = 60;
const TIMES = {
  roomy: { timeoutMs: 60_000, marginMs: 1_500 },
  tight: { timeoutMs: 3_400, marginMs: 3_000 },
} as const;
const MINUTE = 60_000;

/** A message and its deliveries against a cloud of its own, whose clock moves between them. */
export async function playReboots(schedule: RebootSchedule): Promise<RebootPlay> {
  const cloud = await startLocalCloud({ rebootSeconds: schedule.rebootSeconds });
  const wire = watchWire(new URL(cloud.ecs.endpoint).host);
  try {
    const detachedAt = Date.now();
    const ids = schedule.fleet.map((_, k) => `i-r${k.toString().padStart(4, '0')}`);
    prepare(cloud, schedule, ids, detachedAt);
    const runs: Run[] = [];
    for (const delivery of schedule.deliveries) {
      cloud.clock.advance(delivery.afterSeconds * 1_000);
      runs.push(await deliver(cloud, wire, { schedule, delivery, ids, detachedAt }));
    }
    const there = ids.filter((_, k) => schedule.fleet[k] !== 'missing');
    return { schedule, ids, detachedAt, runs, instances: new Map(there.map((id) => [id, cloud.ecs.instance(id)])) };
  } finally {
    wire.stop();
    await cloud.stop();
  }
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

type Delivered = { schedule: RebootSchedule; delivery: Delivery; ids: readonly string[]; detachedAt: number };

async function deliver(
  cloud: LocalCloud,
  wire: WireWatch,
  { schedule, delivery, ids, detachedAt }: Delivered,
): Promise<Run> {
  const reboots = [...delivery.rebootFaults];
  const describes = [...delivery.describeFaults];
  cloud.ecs.onCall('RebootInstances', (call) => ecsFault(reboots.shift() ?? { kind: 'none' }, call));
  cloud.ecs.onCall('DescribeInstances', () => httpFault(describes.shift() ?? { kind: 'none' }));
  const message = {
    Version: 1,
    RegionId: cloud.regionId,
    KeyPairName: cloud.keyPairName,
    InstanceIds: ids,
    ForceReboot: schedule.force,
    DetachedAt: new Date(detachedAt).toISOString(),
    NotAfter: new Date(detachedAt + 3_600_000).toISOString(),
    SourceRequestId: 'source',
  };
  const { timeoutMs, marginMs } = TIMES[delivery.time];
  const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
  const before = cloud.ecs.calls.length;
  wire.reset();
  const startedAt = performance.now();
  let thrown = false;
  const answer: unknown = await enter(
    Buffer.from(JSON.stringify(message)),
    fcContext({ timeoutSeconds: timeoutMs / 1_000 }),
    {
      variables: {
        ECS_ENDPOINT: cloud.ecs.endpoint,
        ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
        ECS_TIMEOUT_MS: String(ECS_TIMEOUT_MS),
        DEADLINE_MARGIN_MS: String(marginMs),
      },
      tuning: { baseMs: 1 },
      write: () => undefined,
    },
  ).catch((error: unknown) => {
    thrown = true;
    return JSON.parse(error instanceof Error ? error.message : '');
  });
  const tookMs = performance.now() - startedAt;
  const begun = wire.begun();
  const { Results } = recordOf(answer);
  return {
    thrown,
    answer: recordOf(answer),
    items: JSON.parse(JSON.stringify(recordOf(Results)['Result'] ?? [])),
    // What the run before has sent and cut may be read by the cloud only now.
    calls: cloud.ecs.calls.slice(before).filter(({ headers }) => begun.has(headers[NONCE] ?? '')),
    after: new Map(
      ids.map((id, k) => [id, schedule.fleet[k] === 'missing' ? undefined : seen(cloud.ecs.instance(id))]),
    ),
    tookMs,
    timeoutMs,
    openAfterwards: wire.now(),
  };
}

function seen({ status, startTime, reboots }: Instance) {
  return { status, startTime, reboots: reboots.length };
}
