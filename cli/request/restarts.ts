import { LIMITS, type Restarts } from '../../portal/core/restarts.ts';
import { WrongUse } from '../failure.ts';
import type { RestartOptions, TargetOptions } from '../options.ts';

/** How what was detached becomes real. */
export type Rollout = {
  readonly restarts: Restarts;
  readonly delaySeconds: number;
  /** Fields of `Reboot` beside those of the plan. */
  readonly watch: Readonly<Record<string, unknown>>;
  readonly notBefore: string | undefined;
  readonly online: Readonly<Record<string, unknown>> | undefined;
};

type Options = RestartOptions & Pick<TargetOptions, 'online'>;

/** Throws `WrongUse` for an option that would do nothing: it was not meant so. */
export function readRollout(options: Options): Rollout {
  const { reboot, force, batchSize, interval, delay, maxErrors, healthTimeout, ready, notBefore } = options;
  const needReboot = { force, batchSize, interval, delay, maxErrors, notBefore };
  needs(reboot, needReboot, '--reboot');
  needs(maxErrors, { healthTimeout, ready }, '--max-errors');
  needs(options.online, { closeSessions: options.closeSessions }, '--online');
  if (notBefore !== undefined && delay !== undefined) throw new WrongUse('--delay and --not-before exclude each other');
  const watch = {
    ...(maxErrors !== undefined && { MaxErrors: readMaxErrors(maxErrors) }),
    ...(healthTimeout !== undefined && { HealthTimeoutSeconds: healthTimeout }),
    ...(ready !== undefined && { Ready: ready }),
  };
  return {
    restarts: reboot
      ? {
          kind: 'waves',
          force: force ?? false,
          batchSize: within(batchSize ?? LIMITS.batchSize.usual, LIMITS.batchSize, '--batch-size'),
          intervalSeconds: within(interval ?? LIMITS.intervalSeconds.usual, LIMITS.intervalSeconds, '--interval'),
        }
      : { kind: 'off' },
    delaySeconds: delay ?? 0,
    watch,
    notBefore: notBefore === undefined ? undefined : readTime(notBefore, '--not-before'),
    online: options.online ? (options.closeSessions ? { Sessions: 'Close' } : {}) : undefined,
  };
}

/** A time zone is needed: the function's clock is not in the person's. */
export function readTime(text: string, name: string): string {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time))
    throw new WrongUse(`${name} takes a time with its zone, like 2026-11-24T08:00:00Z, not "${text}"`);
  return text;
}

function needs(given: unknown, options: Readonly<Record<string, unknown>>, what: string): void {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined || name === undefined) return;
  throw new WrongUse(
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} does nothing without ${what}`,
  );
}

function readMaxErrors(text: string): number | string {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  if (/^\d{1,3}%$/.test(text)) return text;
  throw new WrongUse(`--max-errors takes a number, or a percentage like 10%, not "${text}"`);
}

function within(value: number, { least, most }: { least: number; most: number }, name: string): number {
  if (value >= least && value <= most) return value;
  throw new WrongUse(`${name} takes ${least} to ${most}, not ${value}`);
}
