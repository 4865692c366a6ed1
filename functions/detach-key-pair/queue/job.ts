import type { Group } from '../../../shared/messages/watch.ts';
import type { Part } from '../../../shared/messages/watch-groups.ts';
import { isRecord, recordOf, textOf, type UnknownRecord } from '../../../shared/record.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import type { Where } from '../request/place.ts';
import type { RebootOptions } from '../request/reboot-options.ts';
import { chunksAfter, layOut, type WaveStart } from '../request/wave-layout.ts';
import type { Origin } from './waves.ts';
import { withWavesBefore } from './waves-before.ts';

/**
 * What the function asks of itself in an asynchronous run: to finish a part of a request, should the run that began it
 * be cut off (`Completion`), or because its time did not suffice (`Continuation`).
 */
export type Job = {
  /** A canonical request, with `DetachedSince`. */
  readonly fields: UnknownRecord;
  readonly origin: Origin;
  /** How many jobs there are of the request that it finishes. */
  readonly parts: number;
};

type JobKind = NonNullable<Origin['job']>;

/** An asynchronous payload may be 128 KB; an id has 64 characters at most, 22 in fact. */
const MOST_IDS = 1_900;

/** Where waves watch, a job has room for 4,000 ids of the waves before. */
const MOST_WATCHING = 700;

/** How many instances one job may name: whole waves, so that a wave is never cut in two. */
function jobSize(reboot: RebootOptions | undefined): number {
  if (!reboot) return MOST_IDS;
  const most = reboot.watch ? MOST_WATCHING : MOST_IDS;
  return Math.floor(most / reboot.batchSize) * reboot.batchSize;
}

/** The instances of one key pair in one place that one job is about. */
export type JobPart = {
  readonly where: Where;
  readonly instanceIds: readonly string[];
  readonly start: WaveStart;
  /** The waves before, where its own watch. */
  readonly before?: readonly (readonly Group[])[] | undefined;
};

/**
 * Slots, group by group → jobs that lie in one place each, with whole waves as far as a wave lies in it. `since`: when the
 * request's work began; what has started after it has restarted.
 */
export function jobParts(
  groups: readonly { readonly where: Where; readonly instanceIds: readonly string[] }[],
  origin: Origin,
  since: number,
  options: Pick<DetachRequest, 'reboot' | 'online'>,
): JobPart[] {
  const size = jobSize(options.reboot);
  const lengths = groups.map(({ instanceIds }) => instanceIds.length);
  const starts = layOut(lengths, origin, options);
  const parts = groups.flatMap(({ where, instanceIds }, g): JobPart[] => {
    const { firstWave, taken } = starts[g] ?? origin;
    const wavesEach = options.reboot ? size / options.reboot.batchSize : 0;
    return chunksAfter(instanceIds, size, taken).map((some, k) => ({
      where,
      instanceIds: some,
      start: { firstWave: firstWave + k * wavesEach, taken: k === 0 ? taken : 0 },
    }));
  });
  if (!options.reboot?.watch) return parts;
  return withWavesBefore(parts, origin, since, options.reboot.batchSize, options.online !== undefined);
}

/** `parts`: how many jobs there are of this request. */
export function jobPayload(
  kind: JobKind,
  request: DetachRequest,
  { where, instanceIds, start, before }: JobPart,
  { since, parts }: { readonly since: number; readonly parts: number },
  { requestId, token, sender }: Origin,
): string {
  const { reboot, online, continues } = request;
  const { regionId, keyPairName, roleArn } = where;
  return JSON.stringify({
    Job: kind,
    RequestId: requestId,
    Sender: sender,
    FirstWave: start.firstWave,
    ...(start.taken > 0 && { Taken: start.taken }),
    Parts: parts,
    Before: before,
    Request: {
      RegionId: regionId,
      KeyPairName: keyPairName,
      InstanceIds: instanceIds,
      DetachedSince: new Date(since).toISOString(),
      ...(roleArn !== undefined && { RoleArn: roleArn }),
      ...(reboot && { Reboot: rebootField(reboot) }),
      ...(online && { Online: { TimeoutSeconds: online.timeoutSeconds, Sessions: online.sessions } }),
      ...(continues && { Continue: true }),
      ...(token !== undefined && { ClientToken: token }),
      ReturnResults: 'Failed',
    },
  });
}

function rebootField({ force, batchSize, intervalSeconds, delaySeconds, notBefore, watch }: RebootOptions) {
  return {
    ForceReboot: force,
    BatchSize: batchSize,
    IntervalSeconds: intervalSeconds,
    ...(notBefore === undefined ? { DelaySeconds: delaySeconds } : { NotBefore: new Date(notBefore).toISOString() }),
    ...(watch && {
      MaxErrors: watch.maxErrors,
      HealthTimeoutSeconds: watch.healthTimeoutSeconds,
      Ready: watch.ready,
    }),
  };
}

/** Undefined for an event that is none. Anyone who may invoke the function may also send one: it is checked like a request. */
export function readJob(event: unknown): Job | undefined {
  const { Job: kind, Request, RequestId, Sender, FirstWave, Taken, Parts, Before } = recordOf(event);
  if ((kind !== 'Completion' && kind !== 'Continuation') || !isRecord(Request)) return undefined;
  return {
    fields: Request,
    origin: {
      requestId: textOf(RequestId) ?? '',
      token: textOf(Request['ClientToken']),
      sender: textOf(Sender) ?? '',
      firstWave: countOf(FirstWave),
      taken: countOf(Taken),
      before: listOf(Before).map((wave) => listOf(wave).map(readPart)),
      job: kind,
    },
    parts: countOf(Parts),
  };
}

/** A job may hold anything: what a wave watches is checked by `reboot-instances`. */
function readPart(group: unknown): Part {
  const { RegionId, RoleArn, DetachedAt, InstanceIds, MayRunOn } = recordOf(group);
  return {
    regionId: String(RegionId),
    roleArn: textOf(RoleArn),
    detachedAt: Date.parse(String(DetachedAt)) || Date.now(),
    instanceIds: listOf(InstanceIds).map(String),
    ...(MayRunOn === true && { mayRunOn: true }),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function countOf(value: unknown): number {
  return Number.isSafeInteger(value) ? Math.max(0, Number(value)) : 0;
}
