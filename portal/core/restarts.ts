import { REBOOT_LIMITS } from '../../functions/detach-key-pair/request/reboot-options.ts';
import { chunksAfter, layOut } from '../../functions/detach-key-pair/request/wave-layout.ts';
import { chunks } from '../../shared/chunks.ts';
import { REMOVAL_BATCH, STOP_BATCH } from '../../shared/messages/fields.ts';

/** How the waves watch each other. */
export type Watch = {
  /** A number of instances, or a percentage of a wave. */
  readonly maxErrors: string;
  readonly healthTimeoutSeconds: number;
  readonly ready: 'Running' | 'CloudAssistant';
};

/** The key is taken out of the running instances at once. */
export type Online = { readonly timeoutSeconds: number; readonly closeSessions: boolean };

type How =
  | { readonly kind: 'off' }
  | { readonly kind: 'at once'; readonly force: boolean }
  | {
      readonly kind: 'waves';
      readonly force: boolean;
      readonly batchSize: number;
      readonly intervalSeconds: number;
      readonly watch?: Watch;
    };

/** How what was detached becomes real: by restarts, online, online and restarts where that does not do, or not yet. */
export type Restarts = How & {
  readonly online?: Online;
  /** No restart before, ms since the epoch. */
  readonly notBefore?: number;
};

/** Whether so many places go into one request: waves watch those of their own request alone. */
export function belongTogether(places: number, restarts: Restarts): boolean {
  return places > 1 && restarts.kind === 'waves' && restarts.watch !== undefined;
}

export type Wave = { readonly startsAt: number; readonly size: number };

export const LIMITS = {
  ...REBOOT_LIMITS,
  healthTimeoutSeconds: { least: 60, most: 3_600, usual: 600 },
  onlineTimeoutSeconds: { least: 30, most: 600, usual: 120 },
  notBeforeMs: 86_400_000,
  stopTasks: STOP_BATCH,
} as const;

/** Instances of one request: each takes the function a few seconds, and ends well before its timeout. */
const REQUEST_SIZE = 500;
/** Waves watch those of their own request alone, so that such a request holds as many as one message can name. */
const WATCHING_SIZE = 4_000;

/** A request holds whole waves, so that a wave is never cut in two where one request ends and the next begins. */
export function requestSize(restarts: Restarts): number {
  if (restarts.kind !== 'waves') return REQUEST_SIZE;
  const most = restarts.watch ? WATCHING_SIZE : REQUEST_SIZE;
  return Math.floor(most / restarts.batchSize) * restarts.batchSize;
}

/**
 * The waves of places with so many instances each, in seconds after the first one: laid out as the function does it. A
 * wave is of one place, unless all of them go into one request; and of one message, where keys are taken out online.
 */
export function planWaves(places: readonly number[], restarts: Restarts, isOneRequest = false): Wave[] {
  if (restarts.kind === 'off') return [];
  const { BatchSize: batchSize, IntervalSeconds: interval } = wavesField(restarts);
  const isApart = !isOneRequest || restarts.online !== undefined;
  const ofRequest = isOneRequest ? Number.MAX_SAFE_INTEGER : requestSize(restarts);
  const ofMessage = restarts.online ? Math.floor(REMOVAL_BATCH / batchSize) * batchSize : ofRequest;
  const groups = places
    .flatMap((size) => chunks(Array(size).fill(0), ofRequest))
    .flatMap((request) => chunks(request, ofMessage));
  const starts = layOut(
    groups.map(({ length }) => length),
    { firstWave: 0, taken: 0 },
    { reboot: { batchSize }, online: isApart ? {} : undefined },
  );
  const sizes: number[] = [];
  for (const [g, { firstWave, taken }] of starts.entries()) {
    for (const [k, { length }] of chunksAfter(groups[g] ?? [], batchSize, taken).entries()) {
      sizes[firstWave + k] = (sizes[firstWave + k] ?? 0) + length;
    }
  }
  return sizes.map((size, k) => ({ startsAt: k * interval, size }));
}

/** What the function would refuse. `seconds`: when the last wave would start. */
export type Complaint =
  | 'batchSize'
  | 'intervalSeconds'
  | 'maxErrors'
  | 'healthTimeoutSeconds'
  | 'onlineTimeoutSeconds'
  | 'notBefore'
  | { readonly seconds: number };

/** Why the function would refuse it; undefined when it would not. */
export function complaint(
  places: readonly number[],
  restarts: Restarts,
  isOneRequest = false,
  now = Date.now(),
): Complaint | undefined {
  const { online, notBefore } = restarts;
  if (online && !isWithin(online.timeoutSeconds, LIMITS.onlineTimeoutSeconds)) return 'onlineTimeoutSeconds';
  if (notBefore !== undefined && !(notBefore - now <= LIMITS.notBeforeMs)) return 'notBefore';
  if (restarts.kind !== 'waves') return undefined;
  const { batchSize, intervalSeconds, watch } = restarts;
  if (!isWithin(batchSize, LIMITS.batchSize)) return 'batchSize';
  if (!isWithin(intervalSeconds, LIMITS.intervalSeconds)) return 'intervalSeconds';
  if (watch && errorsOf(watch.maxErrors, batchSize) === undefined) return 'maxErrors';
  if (watch && !isWithin(watch.healthTimeoutSeconds, LIMITS.healthTimeoutSeconds)) return 'healthTimeoutSeconds';
  const wait = Math.max(0, Math.ceil(((notBefore ?? now) - now) / 1_000));
  const seconds = wait + (planWaves(places, restarts, isOneRequest).at(-1)?.startsAt ?? 0);
  return seconds <= LIMITS.lastWaveSeconds ? undefined : { seconds };
}

/** How many instances that is, of a wave of this size; undefined for what is neither a number nor a percentage. */
export function errorsOf(maxErrors: string, batchSize: number): number | undefined {
  const [, digits, percent] = /^(\d{1,6})(%?)$/.exec(maxErrors) ?? [];
  if (digits === undefined) return undefined;
  if (percent === '') return Number(digits);
  return Number(digits) > 100 ? undefined : Math.floor((Number(digits) * batchSize) / 100);
}

/** The request's field; undefined for none. `delaySeconds`: before the first wave. */
export function rebootField(restarts: Restarts, delaySeconds: number, notBefore?: number) {
  if (restarts.kind === 'off') return undefined;
  return {
    ...wavesField(restarts),
    ...(restarts.force && { ForceReboot: true }),
    ...(notBefore !== undefined && { NotBefore: new Date(notBefore).toISOString() }),
    ...(notBefore === undefined && delaySeconds > 0 && { DelaySeconds: delaySeconds }),
    ...(restarts.kind === 'waves' && restarts.watch && watchFields(restarts.watch)),
  };
}

function wavesField(restarts: Exclude<Restarts, { kind: 'off' }>) {
  return restarts.kind === 'waves'
    ? { BatchSize: restarts.batchSize, IntervalSeconds: restarts.intervalSeconds }
    : { BatchSize: LIMITS.batchSize.usual, IntervalSeconds: 0 };
}

function watchFields({ maxErrors, healthTimeoutSeconds, ready }: Watch) {
  return {
    MaxErrors: maxErrors.endsWith('%') ? maxErrors : Number(maxErrors),
    HealthTimeoutSeconds: healthTimeoutSeconds,
    Ready: ready,
  };
}

export function onlineField({ online }: Restarts) {
  return online && { TimeoutSeconds: online.timeoutSeconds, Sessions: online.closeSessions ? 'Close' : 'Keep' };
}

function isWithin(value: number, { least, most }: { least: number; most: number }): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
