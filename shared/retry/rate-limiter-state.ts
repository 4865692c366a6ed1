import { doubling, limitOf, lowered, type Pace, raised, rateAt, resumed } from './pace.ts';
import { MINUTE_MS, probeWaitMs } from './probe-wait.ts';

/**
 * The pure part of the rate limiter. *Open*: no limit is known. After a throttled call *probing*: one call at a time, at
 * growing intervals. Then *paced*: the rate doubles until a call is throttled; from then on the limit is an estimate that
 * each throttled call corrects. Times are in milliseconds, rates in calls a second.
 */
export type LimiterState = {
  /** Goes up with each throttled call that counts: those sent before it say nothing new. */
  readonly generation: number;
  /** The next call starts at this time, at the earliest. */
  readonly nextAt: number;
  /** A window of a minute began at this time or soon after. At first a guess: whole minutes of the clock. */
  readonly minuteAt: number;
  /** The server has been seen to count by the minute. */
  readonly countsMinutes: boolean;
} & (Open | Probing | Paced);

type Open = { readonly phase: 'open' };
type Probing = {
  readonly phase: 'probing';
  readonly inFlight: boolean;
  readonly refusals: number;
  readonly shutAt: number;
  readonly refusedAt: number;
  /** Before. */
  readonly pace: Pace | undefined;
};
type Paced = {
  readonly phase: 'paced';
  readonly pace: Pace;
  /** Of the next call. */
  readonly rate: number;
  /** A call is under way that tests a rate above the limit. */
  readonly isTesting: boolean;
  readonly sentAt: number;
  /** Calls that passed since `refusedAt`, when the server had nothing left. */
  readonly passes: number;
  readonly refusedAt: number;
};

/** A call: what was true when it was sent. */
export type Sent = { readonly generation: number; readonly rate: number; readonly sentAt: number };

export type LimiterEvent =
  | { readonly kind: 'sent' }
  | { readonly kind: 'passed'; readonly sent: Sent }
  | { readonly kind: 'unanswered'; readonly sent: Sent }
  | { readonly kind: 'throttled'; readonly sent: Sent; readonly hintMs: number; readonly random: number };

/** A shut longer than this is a window's, not an empty bucket's: no bucket of ours fills by less than one in 10 s. */
const LONG_SHUT_MS = 10_000;
/** The first gap of the doubling: short where the first probe passed at once, since then the bucket fills fast. */
const GAP_MS = 100;
const FAST_GAP_MS = 20;
/** A bucket of one call is nearly full when it refuses: the next call comes after this part of the gap, and counts as much. */
const LEAST_PART = 0.15;
/** Where others take calls as well, the next comes after this part of the gap and a random part of the rest: not together again. */
const SHARED_PART = 0.6;
/** There so many refused in a row do not yet mean that the server lets nothing through. */
const SHARED_ROW = 3;

export const OPEN: LimiterState = { phase: 'open', generation: 0, nextAt: 0, minuteAt: 0, countsMinutes: false };

/** When the next call may be sent; infinite while a probe is in flight. */
export function readyAt(state: LimiterState): number {
  return state.phase === 'probing' && state.inFlight ? Number.POSITIVE_INFINITY : state.nextAt;
}

/** The call that is sent now. */
export function callOf(state: LimiterState, now: number): Sent {
  const rate = state.phase === 'paced' ? state.rate : Number.POSITIVE_INFINITY;
  return { generation: state.generation, rate, sentAt: now };
}

export function next(state: LimiterState, event: LimiterEvent, now: number): LimiterState {
  if (event.kind === 'sent') return sent(state, now);
  const isCurrent = event.sent.generation === state.generation;
  if (event.kind === 'throttled') {
    const after = isCurrent ? throttled(state, event.sent, event.random, now) : state;
    return event.hintMs > 0 ? { ...after, nextAt: Math.max(isCurrent ? 0 : state.nextAt, now + event.hintMs) } : after;
  }
  if (event.kind === 'passed') return passed(state, event.sent, isCurrent, now);
  if (!isCurrent) return state;
  if (state.phase === 'probing') return { ...state, inFlight: false };
  return state.phase === 'paced' ? { ...state, isTesting: false } : state;
}

function sent(state: LimiterState, now: number): LimiterState {
  if (state.phase === 'probing') return { ...state, inFlight: true };
  if (state.phase === 'open') return state;
  const rate = rateAt(state.pace, now, !state.isTesting);
  const isTesting = state.isTesting || rate > (limitOf(state.pace) ?? rate);
  return { ...state, rate, isTesting, sentAt: now, nextAt: now + 1_000 / rate };
}

function passed(state: LimiterState, { rate }: Sent, isCurrent: boolean, now: number): LimiterState {
  if (state.phase === 'paced') {
    const isTest = isCurrent && rate > (limitOf(state.pace) ?? rate);
    const pace = isCurrent ? raised(state.pace, rate) : state.pace;
    return { ...state, pace, passes: state.passes + 1, isTesting: state.isTesting && !isTest };
  }
  if (state.phase === 'open' || !isCurrent) return state;
  const { generation, shutAt, refusedAt, refusals } = state;
  const shut = Math.max(now - shutAt, 1);
  const countsMinutes = shut > LONG_SHUT_MS;
  const opened = now - ((now - state.minuteAt) % MINUTE_MS);
  const minuteAt = !countsMinutes || opened >= refusedAt ? state.minuteAt : refusedAt;
  const rest = { generation, minuteAt, countsMinutes, isTesting: false, sentAt: 0, passes: 1, refusedAt: shutAt };
  const paced = (pace: Pace): LimiterState => {
    const rate = limitOf(pace) ?? rateAt(pace, now, false);
    return { ...rest, phase: 'paced', pace, rate, nextAt: now + 1_000 / rate };
  };
  const gapMs = Math.min(Math.max(now - refusedAt, 1), refusals === 1 ? FAST_GAP_MS : GAP_MS);
  return paced((state.pace && resumed(state.pace, shut, now)) ?? doubling(gapMs));
}

function throttled(state: LimiterState, call: Sent, random: number, now: number): LimiterState {
  const generation = state.generation + 1;
  if (state.phase === 'paced' && !isShut(state) && !state.countsMinutes) {
    const seconds = Math.max(now - state.refusedAt, 1) / 1_000;
    const pace = lowered(state.pace, call.rate, state.passes, seconds, now - call.sentAt, now);
    const rate = rateAt(pace, now, false);
    const after = { ...state, generation, pace, rate, isTesting: false, refusedAt: now };
    if (pace.kind !== 'estimated') {
      const part = SHARED_PART + (1 - SHARED_PART) * random;
      return { ...after, passes: Math.min(state.passes, 1) - 1, nextAt: now + (part * 1_000) / rate };
    }
    const isLast = call.sentAt === state.sentAt;
    const part = isLast ? Math.min(1, Math.max(LEAST_PART, 2 * pace.spread)) : 1;
    const nextAt = isLast ? now + (part * 1_000) / pace.limit : state.sentAt + 1_000 / rate;
    return { ...after, passes: part - 1, nextAt };
  }
  const { minuteAt, countsMinutes } = state;
  const before = state.phase === 'probing' ? state : undefined;
  const refusals = (before?.refusals ?? 0) + 1;
  const pace = state.phase === 'open' ? undefined : state.pace;
  const limit = pace && limitOf(pace);
  const shutAt = before ? before.shutAt : state.phase === 'paced' && state.passes <= 0 ? state.refusedAt : now;
  const sinceMinute = (now - minuteAt) % MINUTE_MS;
  const nextAt =
    now +
    probeWaitMs({
      refusals,
      countsMinutes,
      sinceMinute,
      shut: now - shutAt,
      gapMs: limit === undefined ? 0 : 1_000 / limit,
      random,
    });
  const times = { shutAt, refusedAt: now, nextAt, minuteAt };
  return { phase: 'probing', generation, countsMinutes, inFlight: false, refusals, pace, ...times };
}

/** Whether nothing has passed since the last refusal, or hardly anything where others take calls as well. */
function isShut({ pace, passes }: Paced): boolean {
  return passes <= (pace.kind === 'shared' ? -SHARED_ROW : 0);
}
