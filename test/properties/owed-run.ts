import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import type { Instance, InstanceSeed } from '../../local-cloud/ecs/instance.ts';
import { publicKeyFor } from '../../local-cloud/ecs/key-pairs.ts';
import type { Task } from '../../local-cloud/fc/tasks.ts';
import type { HttpFault } from '../../local-cloud/http/fault.ts';
import { recordOf } from '../../shared/record.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';
import { OPERATIONS, type Outage, type OwedSchedule } from './owed-schedule.ts';
import type { Kind } from './schedule.ts';

export type Item = {
  readonly InstanceId: string;
  readonly Success: string;
  readonly Code: string;
  readonly Action?: string;
};

/** An answer, whether returned, thrown, or read over HTTP. */
export type Said = {
  readonly function: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly items: readonly Item[];
};

export type Member = {
  readonly id: string;
  readonly kind: Kind;
  readonly regionId: string;
  readonly isBound: boolean;
  /** Somebody who holds the leaked key gets in. */
  readonly opens: boolean;
  readonly machine: Instance;
};

/** One schedule as it went, once the queue was empty. */
export type OwedPlay = {
  readonly schedule: OwedSchedule;
  readonly members: readonly Member[];
  /** What the caller has read over HTTP. */
  readonly read: readonly Said[];
  /** What was answered in asynchronous runs. */
  readonly said: readonly Said[];
  /** Instances that a message at onFailure names. */
  readonly named: ReadonlySet<string>;
  /** One of them says that waves were not done, and why. */
  readonly isHaltTold: boolean;
  /** A run could not put its completion into the queue, and says so in its log. */
  readonly hasNoCompletion: boolean;
  /** A run went on without knowing which instances have the key pair, and says so in its log. */
  readonly hasUndescribed: boolean;
  readonly calls: number;
  readonly killed: number;
  readonly tasks: readonly Task[];
};

const KEY = 'leaked-key';
/** A minute of the cloud passes in two seconds. */
const SPEED = 30;
const REGIONS = ['cn-hangzhou', 'cn-beijing', 'us-west-1'];
const HAS_KEY: ReadonlySet<Kind> = new Set(['ordinary', 'stopped']);

const SEEDS: Readonly<Record<Kind, InstanceSeed>> = {
  ordinary: {},
  stopped: { status: 'Stopped' },
  windows: { osType: 'windows', keyPairName: null },
  unbound: { keyPairName: null },
  'other key': { keyPairName: 'other-key' },
  missing: {},
};

/** A request by the built bundles against a cloud of its own, whose clock runs ahead until the queue is empty. */
export async function playOwed(schedule: OwedSchedule): Promise<OwedPlay> {
  const cloud = await start(schedule);
  try {
    const ids = schedule.fleet.map((_, k) => `i-o${k.toString().padStart(4, '0')}`);
    schedule.fleet.forEach((kind, k) => {
      const regionId = REGIONS[k % schedule.regions] ?? '';
      if (kind !== 'missing') cloud.ecs.add([{ instanceId: ids[k] ?? '', regionId, ...SEEDS[kind] }]);
    });
    if (schedule.describing === 'forbidden' && !schedule.filter) cloud.ecs.permissions.deny('DescribeInstances');
    const trouble = spoil(cloud, schedule);
    const read: Said[] = [];
    const fields = fieldsOf(schedule, ids);
    for (const pause of [0, ...schedule.again]) {
      cloud.clock.advance(pause * 1_000);
      read.push(...(await ask(cloud, schedule, fields)));
    }
    await cloud.fc.drain();
    cloud.clock.advance(600_000);
    return {
      schedule,
      members: ids.flatMap((id, k) => memberOf(cloud, id, schedule.fleet[k], REGIONS[k % schedule.regions] ?? '')),
      read,
      said: cloud.fc.tasks.flatMap(({ function: name, results }) =>
        results.flatMap(({ payload }) => saidIn(name, payload)),
      ),
      named: new Set(cloud.fc.failures.flatMap((failure) => namedIn(failure, ids))),
      isHaltTold: cloud.fc.failures.some(({ responsePayload }) => responsePayload.includes('NotBack')),
      hasNoCompletion: hasLogged(cloud, 'completion not queued'),
      hasUndescribed: hasLogged(cloud, 'instances not described'),
      tasks: [...cloud.fc.tasks],
      ...trouble(),
    };
  } finally {
    await cloud.stop();
  }
}

function hasLogged({ fc }: LocalCloud, event: string): boolean {
  return fc.logs('detach-key-pair').some((line) => line.includes(event));
}

function start({ switches, edition, rebootSeconds, concurrency, deliveries }: OwedSchedule): Promise<LocalCloud> {
  const asDeployed = { timeoutSeconds: 60, maxAsyncEventAgeInSeconds: 7_200 };
  return bundledCloud({
    keyPairName: KEY,
    instances: 0,
    switches,
    edition,
    rebootSeconds,
    clock: { speed: SPEED, forFunctions: true },
    detach: { ...asDeployed, environment: { DETACH_CONCURRENCY: String(concurrency) } },
    reboot: { ...asDeployed, maxInstances: 2, deliveries: { count: deliveries, gapSeconds: 30 } },
    remove: { ...asDeployed, timeoutSeconds: 300, deliveries: { count: deliveries, gapSeconds: 30 } },
  });
}

function fieldsOf(schedule: OwedSchedule, ids: readonly string[]): object {
  const { regions, reboot, online, continues, token, filter } = schedule;
  return {
    RegionId: regions === 1 ? REGIONS[0] : REGIONS.slice(0, regions),
    KeyPairName: KEY,
    ...(filter ? { Filter: {} } : { InstanceIds: ids }),
    ...(reboot && {
      Reboot: {
        BatchSize: reboot.batchSize,
        IntervalSeconds: reboot.intervalSeconds,
        DelaySeconds: reboot.delaySeconds,
        ...(reboot.maxErrors !== undefined && { MaxErrors: reboot.maxErrors, HealthTimeoutSeconds: 120 }),
      },
    }),
    ...(online && { Online: { TimeoutSeconds: 30 } }),
    ...(continues && { Continue: true }),
    ...(token && { ClientToken: 'leak' }),
  };
}

/** What the caller reads, if the run lives that long. */
async function ask(cloud: LocalCloud, { by }: OwedSchedule, fields: object): Promise<Said[]> {
  if (by === 'async') {
    await cloud.fc.invoke('detach-key-pair', fields, { async: true });
    return [];
  }
  const response = await fetch(cloud.fc.triggerUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  return saidIn('detach-key-pair', await response.text());
}

/** Kills by the number of the call, and outages by the time; returns what came of it. */
function spoil(cloud: LocalCloud, { kills, outages }: OwedSchedule) {
  const startedAt = cloud.clock.now();
  let calls = 0;
  let killed = 0;
  const killAll = () => {
    for (const name of ['detach-key-pair', 'reboot-instances', 'remove-public-key'])
      killed += cloud.fc.killRunning(name);
  };
  const faultOf = (operation: Outage['operation']) => (): HttpFault | undefined => {
    calls += 1;
    const kill = kills.find(({ call }) => call === calls);
    if (kill?.when === 'later') setTimeout(killAll, 5);
    else if (kill) {
      killAll();
      return { kind: 'reset', applied: kill.when === 'after' };
    }
    const seconds = (cloud.clock.now() - startedAt) / 1_000;
    const outage = outages.find(
      (one) => one.operation === operation && seconds >= one.fromSeconds && seconds < one.fromSeconds + one.seconds,
    );
    return outage && FAULTS[outage.kind];
  };
  for (const operation of OPERATIONS) {
    if (operation === 'InvokeFunction') cloud.fc.onCall(operation, faultOf(operation));
    else if (operation === 'GetAsyncTask' || operation === 'StopAsyncTask')
      cloud.fc.onTaskCall(operation, faultOf(operation));
    else cloud.ecs.onCall(operation, faultOf(operation));
  }
  return () => ({ calls, killed });
}

const FAULTS: Readonly<Record<Outage['kind'], HttpFault>> = {
  throttled: { kind: 'answer', status: 400, code: 'Throttling.User' },
  down: { kind: 'answer', status: 503, code: 'ServiceUnavailable' },
  reset: { kind: 'reset', applied: false },
  lost: { kind: 'reset', applied: true },
  forbidden: { kind: 'answer', status: 403, code: 'Forbidden.RAM' },
};

function memberOf(cloud: LocalCloud, id: string, kind: Kind | undefined, regionId: string): Member[] {
  if (kind === undefined || kind === 'missing') return [];
  const machine = cloud.ecs.instance(id);
  const isRunning = machine.status !== 'Stopped';
  const keys = join(cloud.ecs.assistant.treeOf(id), 'root/.ssh/authorized_keys');
  const hasKey = existsSync(keys) && readFileSync(keys, 'utf8').includes(publicKeyFor(KEY).split(' ')[1] ?? '');
  const opens = HAS_KEY.has(kind) && isRunning && machine.liveKeyPairName === KEY && hasKey;
  return [{ id, kind, regionId, isBound: machine.keyPairName === KEY, opens, machine }];
}

/** A function's answer: as it was returned, or as the message of what was thrown. */
function saidIn(name: string, text: string): Said[] {
  const outer = parsed(text);
  const bodies = 'errorMessage' in outer ? parsedAny(String(outer['errorMessage'])) : [outer];
  return bodies
    .filter((body) => 'RequestId' in body)
    .map((body) => ({
      function: name,
      body,
      items: JSON.parse(JSON.stringify(recordOf(body['Results'])['Result'] ?? [])),
    }));
}

type Failure = LocalCloud['fc']['failures'][number];

/** Those that the answer calls failed; of a run that was killed, all that it was given. */
function namedIn({ requestPayload, responsePayload }: Failure, ids: readonly string[]): readonly string[] {
  const said = saidIn('', responsePayload);
  const request = parsed(requestPayload);
  if (said.length === 0 || said.some(({ items, body }) => items.length === 0 && 'Code' in body)) {
    const { InstanceIds, Filter } = recordOf(request['Request'] ?? request);
    if (Filter) return ids;
    return Array.isArray(InstanceIds) ? InstanceIds.map(String) : [];
  }
  return said.flatMap(({ items, body }) => [...failedItems(items), ...unqueued(body)]);
}

export function failedItems(items: readonly Item[]): string[] {
  return items.filter(({ Success }) => Success === 'false').map(({ InstanceId }) => InstanceId);
}

/** Regions that the answer says it could not read whole. */
export function unreadRegions(body: Readonly<Record<string, unknown>>): unknown[] {
  const places = Array.isArray(body['Places']) ? body['Places'].map(recordOf) : [];
  return places.filter(({ Code }) => Code !== '200').map(({ RegionId }) => RegionId);
}

/** Instances whose restart or removal the answer says could not be queued. */
export function unqueued(body: Readonly<Record<string, unknown>>): string[] {
  const tasks = ['Reboot', 'Online'].flatMap((section) => recordOf(body[section])['Tasks'] ?? []);
  return tasks
    .map(recordOf)
    .flatMap(({ Status, InstanceIds }) =>
      Status === 'Failed' && Array.isArray(InstanceIds) ? InstanceIds.map(String) : [],
    );
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  return recordOf(parsedAny(text)[0]);
}

function parsedAny(text: string): Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).map(recordOf);
  } catch {
    return [{}];
  }
}
