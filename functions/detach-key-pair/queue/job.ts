import { isRecord, recordOf, textOf, type UnknownRecord } from '../../../shared/record.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import type { Where } from '../request/place.ts';
import type { RebootOptions } from '../request/reboot-options.ts';
import { chunksAfter, layOut, type WaveStart } from '../request/wave-layout.ts';
import type { Origin } from './waves.ts';

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

/** How many instances one job may name: whole waves, so that a wave is never cut in two. */
function jobSize(reboot: RebootOptions | undefined): number {
  return reboot ? Math.floor(MOST_IDS / reboot.batchSize) * reboot.batchSize : MOST_IDS;
}

/** The instances of one key pair in one place that one job is about. */
export type JobPart = {
  readonly where: Where;
  readonly instanceIds: readonly string[];
  readonly start: WaveStart;
};

/** Slots, group by group → jobs that lie in one place each, with whole waves as far as a wave lies in it. */
export function jobParts(
  groups: readonly { readonly where: Where; readonly instanceIds: readonly string[] }[],
  origin: WaveStart,
  options: Pick<DetachRequest, 'reboot' | 'online'>,
): JobPart[] {
  const size = jobSize(options.reboot);
  const lengths = groups.map(({ instanceIds }) => instanceIds.length);
  const starts = layOut(lengths, origin, options);
  return groups.flatMap(({ where, instanceIds }, g) => {
    const { firstWave, taken } = starts[g] ?? origin;
    const wavesEach = options.reboot ? size / options.reboot.batchSize : 0;
    return chunksAfter(instanceIds, size, taken).map((some, k) => ({
      where,
      instanceIds: some,
      start: { firstWave: firstWave + k * wavesEach, taken: k === 0 ? taken : 0 },
    }));
  });
}

/** `parts`: how many jobs there are of this request. */
export function jobPayload(
  kind: JobKind,
  request: DetachRequest,
  { where, instanceIds, start }: JobPart,
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
  const { Job: kind, Request, RequestId, Sender, FirstWave, Taken, Parts } = recordOf(event);
  if ((kind !== 'Completion' && kind !== 'Continuation') || !isRecord(Request)) return undefined;
  return {
    fields: Request,
    origin: {
      requestId: textOf(RequestId) ?? '',
      token: textOf(Request['ClientToken']),
      sender: textOf(Sender) ?? '',
      firstWave: countOf(FirstWave),
      taken: countOf(Taken),
      job: kind,
    },
    parts: countOf(Parts),
  };
}

function countOf(value: unknown): number {
  return Number.isSafeInteger(value) ? Math.max(0, Number(value)) : 0;
}
