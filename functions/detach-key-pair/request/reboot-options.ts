import { REBOOT_BATCH } from '../../../shared/messages/reboot-message.ts';

/** How a request wants its instances restarted. */
export type RebootOptions = {
  readonly force: boolean;
  /** Instances restarted together. */
  readonly batchSize: number;
  /** Between one wave and the next. */
  readonly intervalSeconds: number;
  /** Before the first wave. */
  readonly delaySeconds: number;
};

/** The schema, the check below and the portal take them from here. */
export const REBOOT_LIMITS = {
  batchSize: { least: 1, most: REBOOT_BATCH, usual: REBOOT_BATCH },
  intervalSeconds: { least: 0, most: 3_600, usual: 120 },
  delaySeconds: { least: 0, most: 86_400, usual: 0 },
  /** Before the last wave. A restart that comes later than a day surprises more than it helps. */
  lastWaveSeconds: 86_400,
} as const;

type RebootField =
  | boolean
  | {
      readonly ForceReboot?: boolean;
      readonly BatchSize?: number;
      readonly IntervalSeconds?: number;
      readonly DelaySeconds?: number;
    };

/** The request's field → what it means; undefined for no restart. */
export function readReboot(field: RebootField | undefined): RebootOptions | undefined {
  if (!field) return undefined;
  const given = field === true ? {} : field;
  return {
    force: given.ForceReboot ?? false,
    batchSize: given.BatchSize ?? REBOOT_LIMITS.batchSize.usual,
    intervalSeconds: given.IntervalSeconds ?? REBOOT_LIMITS.intervalSeconds.usual,
    delaySeconds: given.DelaySeconds ?? REBOOT_LIMITS.delaySeconds.usual,
  };
}

/** Why so many instances cannot be restarted in such waves; undefined when they can. */
export function wavesProblem(
  { batchSize, intervalSeconds, delaySeconds }: Omit<RebootOptions, 'force'>,
  instances: number,
): string | undefined {
  const last = delaySeconds + Math.max(0, Math.ceil(instances / batchSize) - 1) * intervalSeconds;
  if (last <= REBOOT_LIMITS.lastWaveSeconds) return undefined;
  return `the last wave would start after ${last} s, and ${REBOOT_LIMITS.lastWaveSeconds} s (24 hours) is the most: take a larger BatchSize, a smaller IntervalSeconds, or fewer instances`;
}
