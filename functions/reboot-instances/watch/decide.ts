/**
 * An instance of a wave before, as it is now.
 * - `back`: restarted, and ready; or it needs no restart, being stopped, gone, or one that may run on
 * - `coming`: on its way down or up, or restarted and not ready yet
 * - `untouched`: it runs on as it did before the detach
 * - `unread`: nothing is known of it, and it is not taken for healthy
 */
export type State = 'back' | 'coming' | 'untouched' | 'unread';

export type Seen = {
  readonly instanceId: string;
  readonly state: State;
  /** Of one that has restarted since it was detached, ms since the epoch. */
  readonly restartedAt?: number | undefined;
};

/** Times in ms since the epoch. */
export type Facts = {
  readonly maxErrors: number;
  readonly healthTimeoutMs: number;
  /** The wave before is the first. */
  readonly isSecond: boolean;
  readonly dueAt: number;
  readonly notAfter: number;
  /** When an earlier run of this wave first saw the wave before restarted. */
  readonly restartedAt: number | undefined;
};

export type Look = {
  /** The wave before. */
  readonly before: readonly Seen[];
  /** Those before that one; undefined: not read so far. */
  readonly earlier: readonly Seen[] | undefined;
};

export type Verdict =
  | { readonly kind: 'read earlier' }
  | { readonly kind: 'begin' }
  | { readonly kind: 'wait'; readonly until: number; readonly restartedAt: number | undefined }
  | {
      readonly kind: 'halt';
      readonly notBack: readonly Seen[];
      /** It is this wave that found the trouble: those after it find that this one was not done. */
      readonly isFirstToHalt: boolean;
    };

/** Starts are known to the minute, and a reboot takes about one. */
const POLL = { leastMs: 10_000, mostMs: 60_000, part: 0.1 } as const;
/** By so much a wave that begins at the last moment may be seen late: it polls, is queued, and its calls take time. */
const LATE_MS = 300_000;

/** Whether a wave begins, waits, or is not done. */
export function decide({ before, earlier }: Look, facts: Facts, now: number): Verdict {
  const { maxErrors, dueAt, notAfter } = facts;
  const late = before.filter(isNotBack);
  if (late.length <= maxErrors && !earlier) return { kind: 'read earlier' };
  const notBack = [...late, ...(earlier ?? []).filter(isNotBack)];
  if (notBack.length <= maxErrors) return { kind: 'begin' };

  const isTouched = before.some(wasTouched);
  const restartedAt = isTouched ? (facts.restartedAt ?? latest(before) ?? now) : undefined;
  const limit = isTouched ? endOfWait(facts, restartedAt ?? dueAt) : endUntouched(earlier, facts, now);
  if (limit === undefined) return { kind: 'read earlier' };
  const next = Math.min(now + pollMs(facts), limit);
  if (now < limit && next + LATE_MS <= notAfter) return { kind: 'wait', until: next, restartedAt };
  return { kind: 'halt', notBack, isFirstToHalt: isTouched || facts.isSecond };
}

function endOfWait({ dueAt, healthTimeoutMs }: Facts, restartedAt: number): number {
  return Math.max(dueAt, restartedAt) + healthTimeoutMs;
}

/**
 * Nothing has become of the wave before. The first one is restarted at its time; any other may itself be waiting, which it
 * does no longer than the timeout after the last restart before it. Undefined: that has to be looked up.
 */
function endUntouched(earlier: readonly Seen[] | undefined, facts: Facts, now: number): number | undefined {
  const { isSecond, dueAt, healthTimeoutMs } = facts;
  if (isSecond) return dueAt + healthTimeoutMs;
  const atLeast = dueAt + healthTimeoutMs + LATE_MS;
  if (now < atLeast) return atLeast;
  if (!earlier) return undefined;
  // Of instances that have not started yet it is not known when they were restarted: at most a timeout after the others.
  const isMoving = earlier.some(({ state, restartedAt }) => state === 'coming' && restartedAt === undefined);
  return endOfWait(facts, latest(earlier) ?? dueAt) + LATE_MS + (isMoving ? healthTimeoutMs : 0);
}

function pollMs({ healthTimeoutMs }: Facts): number {
  return Math.min(POLL.mostMs, Math.max(POLL.leastMs, healthTimeoutMs * POLL.part));
}

function isNotBack({ state }: Seen): boolean {
  return state !== 'back';
}

/** Of what could not be read it is not known: silence is never taken for a wave that was not done. */
function wasTouched({ state, restartedAt }: Seen): boolean {
  return restartedAt !== undefined || state === 'coming' || state === 'unread';
}

function latest(seen: readonly Seen[]): number | undefined {
  const times = seen.flatMap(({ restartedAt }) => restartedAt ?? []);
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
}
