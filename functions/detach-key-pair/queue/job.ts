import { isRecord, recordOf, textOf, type UnknownRecord } from '../../../shared/record.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import type { RebootOptions } from '../request/reboot-options.ts';
import type { Origin } from './waves.ts';

/**
 * What the function asks of itself in an asynchronous run: to finish a part of a request, should the run that began it
 * be cut off (`Completion`), or because its time did not suffice (`Continuation`).
 */
export type Job = {
  /** A canonical request, with `DetachedSince`. */
  readonly fields: UnknownRecord;
  readonly origin: Origin;
};

type JobKind = NonNullable<Origin['job']>;

/** An asynchronous payload may be 128 KB; an id has 64 characters at most, 22 in fact. */
const MOST_IDS = 1_900;

/** How many instances one job may name: whole waves, so that a wave is never cut in two. */
export function jobSize(reboot: RebootOptions | undefined): number {
  return reboot ? Math.floor(MOST_IDS / reboot.batchSize) * reboot.batchSize : MOST_IDS;
}

export function jobPayload(
  kind: JobKind,
  request: DetachRequest,
  { instanceIds, since }: { readonly instanceIds: readonly string[]; readonly since: number },
  { requestId, token, sender, firstWave }: Omit<Origin, 'job'>,
): string {
  const { regionId, keyPairName, roleArn, reboot, online, continues } = request;
  return JSON.stringify({
    Job: kind,
    RequestId: requestId,
    Sender: sender,
    FirstWave: firstWave,
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
  const { Job: kind, Request, RequestId, Sender, FirstWave } = recordOf(event);
  if ((kind !== 'Completion' && kind !== 'Continuation') || !isRecord(Request)) return undefined;
  const firstWave = Number.isSafeInteger(FirstWave) ? Number(FirstWave) : 0;
  return {
    fields: Request,
    origin: {
      requestId: textOf(RequestId) ?? '',
      token: textOf(Request['ClientToken']),
      sender: textOf(Sender) ?? '',
      firstWave: Math.max(0, firstWave),
      job: kind,
    },
  };
}
