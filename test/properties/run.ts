import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import type { EcsCall } from '../../local-cloud/ecs/calls.ts';
import type { InstanceSeed } from '../../local-cloud/ecs/instance.ts';
import { DEFAULT_SWITCHES } from '../../local-cloud/ecs/switches.ts';
import { chunks } from '../../shared/chunks.ts';
import { type Answered, detaching } from '../support/detaching.ts';
import type { CallFault, Kind, Schedule } from './schedule.ts';
import { ecsFault, httpFault } from './scripted.ts';
import { NONCE, type WireWatch, watchWire } from './wire-watch.ts';

export type Member = {
  readonly id: string;
  readonly kind: Kind;
  readonly wasBound: boolean;
  readonly isBound: boolean;
};

/** One schedule as it went. */
export type Play = {
  readonly schedule: Schedule;
  readonly answered: Answered;
  /** The instances that were asked for or found, in that order. */
  readonly members: readonly Member[];
  readonly detachCalls: readonly EcsCall[];
  readonly describeCalls: readonly EcsCall[];
  /** What FC's queue has taken, by task id. */
  readonly tasks: ReadonlyMap<string, { readonly function: string; readonly instanceIds: readonly string[] }>;
  readonly tookMs: number;
  readonly timeoutMs: number;
  readonly mostAtOnce: number;
  /** Calls still open on the wire when the answer was there, and calls begun between the last answer and this request. */
  readonly openAfterwards: number;
  readonly strays: number;
};

/** One local cloud that plays one schedule after the other; what they leave behind is out of each other's way. */
export type Stage = { play(schedule: Schedule): Promise<Play>; close(): Promise<void> };

// A cloud remembers every call; after so many schedules a new one costs less than its memory.
const PLAYS_A_CLOUD = 40;
export const ECS_TIMEOUT_MS = 80;
const TIMES = {
  roomy: { timeoutMs: 60_000, marginMs: 1_500 },
  tight: { timeoutMs: 3_400, marginMs: 3_000 },
} as const;

/** `ecsTimeoutMs`: longer where no call is silent, so that a busy machine cuts none off. */
export function createStage(name: string, ecsTimeoutMs = ECS_TIMEOUT_MS): Stage {
  let cloud: LocalCloud | undefined;
  let wires: readonly WireWatch[] = [];
  let plays = 0;

  async function close(): Promise<void> {
    for (const wire of wires) wire.stop();
    await cloud?.stop();
    cloud = undefined;
  }

  return {
    close,
    async play(schedule) {
      if (plays % PLAYS_A_CLOUD === 0) await close();
      if (!cloud) {
        cloud = await startLocalCloud();
        wires = [cloud.ecs.endpoint, cloud.fc.endpoint].map((endpoint) => watchWire(new URL(endpoint).host));
      }
      plays += 1;
      return playOn(cloud, wires, schedule, { mark: `${name}${plays}`, ecsTimeoutMs });
    },
  };
}

async function playOn(
  cloud: LocalCloud,
  wires: readonly WireWatch[],
  schedule: Schedule,
  { mark, ecsTimeoutMs }: { readonly mark: string; readonly ecsTimeoutMs: number },
): Promise<Play> {
  const keyPairName = `key-${mark}`;
  const fleet = schedule.fleet.map((kind, k) => ({ id: `i-${mark}x${k.toString().padStart(3, '0')}`, kind }));
  const before = cloud.ecs.calls.length;
  const strays = sum(wires.map((wire) => wire.begun().size));
  prepare(cloud, schedule, keyPairName, fleet);
  const tasks = scriptQueue(cloud, schedule.enqueueFaults, mark);
  const credentials = scriptEcs(cloud, schedule);

  const named = schedule.filter
    ? { Filter: {} }
    : {
        InstanceIds: [...fleet, ...schedule.repeated.flatMap((k) => fleet[k % fleet.length] ?? [])].map(({ id }) => id),
      };
  const { timeoutMs, marginMs } = TIMES[schedule.time];
  const ask = detaching(cloud, {
    timeoutSeconds: timeoutMs / 1_000,
    variables: {
      FC_ENDPOINT: cloud.fc.endpoint,
      DETACH_CONCURRENCY: String(schedule.concurrency),
      ECS_TIMEOUT_MS: String(ecsTimeoutMs),
      DEADLINE_MARGIN_MS: String(marginMs),
      ...credentials,
    },
  });
  for (const wire of wires) wire.reset();
  const startedAt = performance.now();
  const answered = await ask({
    body: {
      RegionId: cloud.regionId,
      KeyPairName: keyPairName,
      ...named,
      Continue: schedule.continues,
      ...(schedule.reboot && { Reboot: { IntervalSeconds: 0, BatchSize: 20 } }),
    },
  });
  const tookMs = performance.now() - startedAt;
  const openAfterwards = sum(wires.map((wire) => wire.now()));
  const mostAtOnce = wires[0]?.most() ?? 0;
  const begun = wires[0]?.begun();
  for (const wire of wires) wire.reset();

  // What an earlier request has sent and cut may be read by the cloud only now: it is none of this one's.
  const own = cloud.ecs.calls.slice(before).filter(({ headers }) => begun?.has(headers[NONCE] ?? ''));
  const wasBound = ({ kind }: { kind: Kind }) => kind === 'ordinary' || kind === 'stopped';
  const chosen = schedule.filter ? fleet.filter(wasBound) : fleet;
  return {
    schedule,
    answered,
    members: chosen.map((member) => ({
      ...member,
      wasBound: wasBound(member),
      isBound: member.kind !== 'missing' && cloud.ecs.instance(member.id).keyPairName === keyPairName,
    })),
    detachCalls: own.filter(({ action }) => action === 'DetachKeyPair'),
    describeCalls: own.filter(({ action }) => action === 'DescribeInstances'),
    tasks,
    tookMs,
    timeoutMs,
    mostAtOnce,
    openAfterwards,
    strays,
  };
}

function prepare(
  cloud: LocalCloud,
  schedule: Schedule,
  keyPairName: string,
  fleet: readonly { id: string; kind: Kind }[],
) {
  const { switches, permissions } = cloud.ecs;
  Object.assign(switches, DEFAULT_SWITCHES, schedule.switches);
  switches.describeWithoutPermission = schedule.describing === 'empty' ? 'empty' : 'forbidden';
  if (schedule.describing === 'permitted' || schedule.filter) permissions.allow('DescribeInstances');
  else permissions.deny('DescribeInstances');
  permissions.denyInstances(schedule.denied.flatMap((k) => fleet[k]?.id ?? []));
  cloud.ecs.keyPairs.add(keyPairName);
  cloud.ecs.keyPairs.add('other-key');
  const seeds = fleet
    .filter(({ kind }) => kind !== 'missing')
    .map(({ id, kind }) => ({ instanceId: id, ...SEEDS[kind] }));
  cloud.ecs.add(seeds, { keyPairName });
  for (const { id, kind } of fleet) if (kind === 'stopped') cloud.ecs.setStatus(id, 'Stopped');
}

const SEEDS: Readonly<Record<Kind, InstanceSeed>> = {
  ordinary: {},
  stopped: {},
  windows: { osType: 'windows' },
  unbound: { keyPairName: null },
  'other key': { keyPairName: 'other-key' },
  missing: {},
};

/** Faults in the order of the calls, whichever batch they belong to. Returns the credentials to call with. */
function scriptEcs(cloud: LocalCloud, { detachFaults, forEver, describeFaults, expiresAt }: Schedule) {
  const detaches = [...detachFaults];
  const describes = [...describeFaults];
  let calls = 0;
  cloud.ecs.onCall('DetachKeyPair', (call) => {
    calls += 1;
    if (calls === expiresAt) cloud.ecs.expireCredentials();
    return ecsFault(detaches.shift() ?? forEver, call);
  });
  cloud.ecs.onCall('DescribeInstances', () => httpFault(describes.shift() ?? { kind: 'none' }));
  if (expiresAt === undefined) return {};
  const { accessKeyId, accessKeySecret, securityToken } = cloud.ecs.issueTemporary();
  return {
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    ALIBABA_CLOUD_SECURITY_TOKEN: securityToken,
  };
}

/** FC's queue, which takes a task id once; nothing is run. */
function scriptQueue(cloud: LocalCloud, enqueueFaults: readonly CallFault[], mark: string) {
  const faults = [...enqueueFaults];
  const tasks = new Map<string, { function: string; instanceIds: readonly string[] }>();
  cloud.fc.onCall('InvokeFunction', (call) => {
    const fault = httpFault(faults.shift() ?? { kind: 'none' });
    const works =
      !fault || fault.kind === 'latency' || fault.kind === 'truncated' || fault.kind === 'drip' || fault.applied;
    const { taskId = '' } = call;
    const taken = tasks.has(taskId);
    const instanceIds = idsIn(call.payload);
    // One that was cut in an earlier schedule may be read by the cloud only now.
    if (works && instanceIds.every((id) => id.startsWith(`i-${mark}x`))) {
      tasks.set(taskId, { function: call.function, instanceIds });
    }
    if (fault && fault.kind !== 'latency' && fault.kind !== 'truncated' && fault.kind !== 'drip') {
      return 'applied' in fault ? { ...fault, applied: false } : fault;
    }
    const answer = taken
      ? ({ kind: 'answer', status: 409, code: 'AsyncTaskAlreadyExists' } as const)
      : ({ kind: 'raw', body: '', status: 202, headers: { 'x-fc-request-id': taskId } } as const);
    return fault?.kind === 'latency' && fault.latencyMs !== undefined
      ? { ...answer, latencyMs: fault.latencyMs }
      : answer;
  });
  cloud.fc.onTaskCall('StopAsyncTask', () => ({ kind: 'raw', body: '{}' }));
  cloud.fc.onTaskCall('GetAsyncTask', ({ taskId }) =>
    tasks.has(taskId)
      ? { kind: 'raw', body: JSON.stringify({ status: 'Enqueued' }) }
      : { kind: 'answer', status: 404, code: 'AsyncTaskNotFound' },
  );
  return tasks;
}

/** Of a message to another function, or of a request that the function sends to itself. */
function idsIn(payload: string): string[] {
  const { InstanceIds, Request } = JSON.parse(payload);
  return InstanceIds ?? Request.InstanceIds;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

/** The batches that the instances are detached in. */
export function batchesOf(members: readonly Member[]): string[][] {
  return chunks(members, 50).map((batch) => batch.map(({ id }) => id));
}
