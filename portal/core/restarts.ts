import { REBOOT_LIMITS } from '../../functions/detach-key-pair/request/reboot-options.ts';

/** Whether and how what was detached is restarted. */
export type Restarts =
  | { readonly kind: 'off' }
  | { readonly kind: 'at once'; readonly force: boolean }
  | { readonly kind: 'waves'; readonly force: boolean; readonly batchSize: number; readonly intervalSeconds: number };

export type Wave = { readonly startsAt: number; readonly size: number };

export const LIMITS = REBOOT_LIMITS;

/** Instances of one request: each takes the function a few seconds, and ends well before its timeout. */
const REQUEST_SIZE = 500;

/** A request holds whole waves, so that a wave is never cut in two where one request ends and the next begins. */
export function requestSize(restarts: Restarts): number {
  if (restarts.kind !== 'waves') return REQUEST_SIZE;
  return Math.floor(REQUEST_SIZE / restarts.batchSize) * restarts.batchSize;
}

/** The waves of so many instances, in seconds after the first one. */
export function planWaves(instances: number, restarts: Restarts): Wave[] {
  if (restarts.kind === 'off') return [];
  const { batchSize, intervalSeconds } =
    restarts.kind === 'waves' ? restarts : { batchSize: instances, intervalSeconds: 0 };
  return Array.from({ length: Math.ceil(instances / batchSize) }, (_, k) => ({
    startsAt: k * intervalSeconds,
    size: Math.min(batchSize, instances - k * batchSize),
  }));
}

/** Why the function would refuse it; undefined when it would not. */
export function complaint(instances: number, restarts: Restarts): string | undefined {
  if (restarts.kind !== 'waves') return undefined;
  const { batchSize, intervalSeconds } = restarts;
  const { batchSize: batch, intervalSeconds: interval, lastWaveSeconds } = LIMITS;
  if (!isWithin(batchSize, batch)) return `A wave has ${batch.least} to ${batch.most} instances.`;
  if (!isWithin(intervalSeconds, interval)) {
    return `Say how many seconds lie between two waves: ${interval.least} to ${interval.most}.`;
  }
  const last = (Math.ceil(instances / batchSize) - 1) * intervalSeconds;
  if (last <= lastWaveSeconds) return undefined;
  return `The last wave would start ${last} s after the first, and ${lastWaveSeconds} s is the most: take larger waves, less time between them, or fewer instances.`;
}

/** The request's field; undefined for none. `delaySeconds`: before the first wave. */
export function rebootField(restarts: Restarts, delaySeconds: number) {
  if (restarts.kind === 'off') return undefined;
  const { batchSize, intervalSeconds } =
    restarts.kind === 'waves' ? restarts : { batchSize: LIMITS.batchSize.usual, intervalSeconds: 0 };
  return {
    BatchSize: batchSize,
    IntervalSeconds: intervalSeconds,
    ...(restarts.force && { ForceReboot: true }),
    ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
  };
}

function isWithin(value: number, { least, most }: { least: number; most: number }): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
