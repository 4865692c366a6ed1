import { REBOOT_BATCH } from '../../../shared/messages/fields.ts';
import type { Ready } from '../../../shared/messages/watch.ts';

/** How a request wants its instances restarted. */
export type RebootOptions = {
  readonly force: boolean;
  /** Instances restarted together. */
  readonly batchSize: number;
  /** Between one wave and the next. */
  readonly intervalSeconds: number;
  /** Before the first wave; 0 where `notBefore` is given. */
  readonly delaySeconds: number;
  /** When the first wave is due, ms since the epoch. */
  readonly notBefore: number | undefined;
  /** Undefined: the waves are restarted at their times, whatever became of those before. */
  readonly watch: WatchOptions | undefined;
};

/** What a wave waits for before it begins. */
export type WatchOptions = {
  /** So many instances of the waves before may not have come back; below the size of a wave. */
  readonly maxErrors: number;
  readonly healthTimeoutSeconds: number;
  readonly ready: Ready;
};

/** The schema, the check below and the portal take them from here. */
export const REBOOT_LIMITS = {
  batchSize: { least: 1, most: REBOOT_BATCH, usual: REBOOT_BATCH },
  intervalSeconds: { least: 0, most: 3_600, usual: 120 },
  delaySeconds: { least: 0, most: 86_400, usual: 0 },
  maxErrors: { least: 0, most: 100_000 },
  healthTimeoutSeconds: { least: 60, most: 3_600, usual: 600 },
  /** Before the last wave. A restart that comes later than a day surprises more than it helps. */
  lastWaveSeconds: 86_400,
} as const;

export type RebootField =
  | boolean
  | {
      readonly ForceReboot?: boolean;
      readonly BatchSize?: number;
      readonly IntervalSeconds?: number;
      readonly DelaySeconds?: number;
      readonly MaxErrors?: number | string;
      readonly HealthTimeoutSeconds?: number;
      readonly Ready?: Ready;
    };

/** The request's field → what it means; undefined for no restart. `notBefore` is its `NotBefore`, read. */
export function readReboot(field: RebootField | undefined, notBefore: number | undefined): RebootOptions | undefined {
  if (!field) return undefined;
  const given = field === true ? {} : field;
  const batchSize = given.BatchSize ?? REBOOT_LIMITS.batchSize.usual;
  return {
    force: given.ForceReboot ?? false,
    batchSize,
    intervalSeconds: given.IntervalSeconds ?? REBOOT_LIMITS.intervalSeconds.usual,
    delaySeconds: given.DelaySeconds ?? REBOOT_LIMITS.delaySeconds.usual,
    notBefore,
    watch: readWatch(given, batchSize),
  };
}

type WatchFields = Exclude<RebootField, boolean>;

/** None for a number that no wave can exceed: it never stops anything. */
function readWatch(
  { MaxErrors, HealthTimeoutSeconds, Ready = 'Running' }: WatchFields,
  batchSize: number,
): WatchOptions | undefined {
  if (MaxErrors === undefined) return undefined;
  const maxErrors =
    typeof MaxErrors === 'number' ? MaxErrors : Math.floor((batchSize * Number.parseInt(MaxErrors, 10)) / 100);
  if (maxErrors >= batchSize) return undefined;
  return {
    maxErrors,
    healthTimeoutSeconds: HealthTimeoutSeconds ?? REBOOT_LIMITS.healthTimeoutSeconds.usual,
    ready: Ready,
  };
}

/** From `now` until the first wave is due. */
export function firstDelaySeconds(
  { delaySeconds, notBefore }: Pick<RebootOptions, 'delaySeconds'> & { readonly notBefore?: number | undefined },
  now = Date.now(),
): number {
  return notBefore === undefined ? delaySeconds : Math.max(0, Math.ceil((notBefore - now) / 1_000));
}

type WaveOptions = Pick<RebootOptions, 'batchSize' | 'intervalSeconds' | 'delaySeconds'> & {
  readonly notBefore?: number | undefined;
};

/** Why so many instances cannot be restarted in such waves; undefined when they can. */
export function wavesProblem(options: WaveOptions, instances: number): string | undefined {
  const { batchSize, intervalSeconds } = options;
  const last = firstDelaySeconds(options) + Math.max(0, Math.ceil(instances / batchSize) - 1) * intervalSeconds;
  if (last <= REBOOT_LIMITS.lastWaveSeconds) return undefined;
  return `the last wave would start after ${last} s, and ${REBOOT_LIMITS.lastWaveSeconds} s (24 hours) is the most: take a larger BatchSize, a smaller IntervalSeconds, or fewer instances`;
}
