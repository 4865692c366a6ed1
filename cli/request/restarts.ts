import { LIMITS, type Restarts } from '../../portal/core/restarts.ts';
import { WrongUse } from '../failure.ts';
import type { RestartOptions, TargetOptions } from '../options.ts';

/** How what was detached becomes real. */
export type Rollout = { readonly restarts: Restarts; readonly delaySeconds: number };

type Options = RestartOptions & Pick<TargetOptions, 'online'>;

/** Throws `WrongUse` for an option that would do nothing: it was not meant so. */
export function readRollout(options: Options): Rollout {
  const { reboot, force, batchSize, interval, delay, maxErrors, healthTimeout, ready, notBefore } = options;
  needs(reboot, { force, batchSize, interval, delay, maxErrors, notBefore }, '--reboot');
  needs(maxErrors, { healthTimeout, ready }, '--max-errors');
  needs(options.online, { closeSessions: options.closeSessions }, '--online');
  if (notBefore !== undefined && delay !== undefined) throw new WrongUse('--delay and --not-before exclude each other');
  const online = options.online && {
    timeoutSeconds: LIMITS.onlineTimeoutSeconds.usual,
    closeSessions: options.closeSessions ?? false,
  };
  const how = reboot ? wavesOf(options) : ({ kind: 'off' } as const);
  const time = notBefore === undefined ? undefined : Date.parse(readTime(notBefore, '--not-before'));
  return {
    restarts: { ...how, ...(online && { online }), ...(time !== undefined && { notBefore: time }) },
    delaySeconds: delay ?? 0,
  };
}

function wavesOf({ force, batchSize, interval, maxErrors, healthTimeout, ready }: Options): Restarts {
  const { usual } = LIMITS.healthTimeoutSeconds;
  return {
    kind: 'waves',
    force: force ?? false,
    batchSize: within(batchSize ?? LIMITS.batchSize.usual, LIMITS.batchSize, '--batch-size'),
    intervalSeconds: within(interval ?? LIMITS.intervalSeconds.usual, LIMITS.intervalSeconds, '--interval'),
    ...(maxErrors !== undefined && {
      watch: {
        maxErrors: readMaxErrors(maxErrors),
        healthTimeoutSeconds: within(healthTimeout ?? usual, LIMITS.healthTimeoutSeconds, '--health-timeout'),
        ready: ready ?? 'Running',
      },
    }),
  };
}

/** A time zone is needed: the function's clock is not in the person's. */
export function readTime(text: string, name: string): string {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (isTime && !Number.isNaN(Date.parse(text))) return text;
  throw new WrongUse(`${name} takes a time with its zone, like 2026-11-24T08:00:00Z, not "${text}"`);
}

function needs(given: unknown, options: Readonly<Record<string, unknown>>, what: string): void {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined || name === undefined) return;
  throw new WrongUse(
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} does nothing without ${what}`,
  );
}

function readMaxErrors(text: string): string {
  if (/^(\d{1,6}|\d{1,2}%|100%)$/.test(text)) return text;
  throw new WrongUse(`--max-errors takes a number, or a percentage like 10%, not "${text}"`);
}

function within(value: number, { least, most }: { least: number; most: number }, name: string): number {
  if (value >= least && value <= most) return value;
  throw new WrongUse(`${name} takes ${least} to ${most}, not ${value}`);
}
