import { backoffMs } from './backoff.ts';

/**
 * The pure part of the rate limiter. *Open*: no limit is known. After a throttled call *probing*: one call at a time, at
 * growing intervals. Then *paced*: the rate doubles with each pass until a call is throttled; from then on the limit is an
 * estimate that each throttled call corrects, and the rate climbs around it as in CUBIC (RFC 9438): flat near the limit,
 * steep beyond it, in case it was raised. Rates are calls a second.
 */
export type LimiterState = {
  /** Goes up with each throttled call that counts: those sent before it say nothing new. */
  readonly generation: number;
  /** The next call starts at this time, at the earliest. */
  readonly nextAt: number;
  /** A window of a minute began at this time or soon after. At first a guess: whole minutes of the clock. */
  readonly minuteAt: number;
  /** The first interval of probing, at most. */
  readonly baseMs: number;
} & (Open | Probing | Paced);

type Open = { readonly phase: 'open' };
type Probing = {
  readonly phase: 'probing';
  readonly inFlight: boolean;
  readonly refusals: number;
  readonly shutAt: number;
  readonly refusedAt: number;
  readonly limit: number | undefined;
};
type Paced = {
  readonly phase: 'paced';
  readonly climb: Climb;
  readonly sentAt: number;
  /** Calls that passed since `refusedAt`, when the server had nothing left. */
  readonly passes: number;
  readonly refusedAt: number;
  /** 1 when the call after the refusal was sent early, for the token that was nearly there. */
  readonly early: 0 | 1;
};
type Climb = { readonly kind: 'doubling'; readonly rate: number } | Cubic;
type Cubic = {
  readonly kind: 'cubic';
  readonly limit: number;
  /** The climb starts at `limit * (1 - spread)` and reaches `limit` after `seconds`. */
  readonly spread: number;
  readonly from: number;
  readonly seconds: number;
};

/** A call: what was true when it was sent. */
export type Sent = { readonly generation: number; readonly rate: number; readonly sentAt: number };

export type LimiterEvent =
  | { readonly kind: 'sent' }
  | { readonly kind: 'passed'; readonly sent: Sent }
  | { readonly kind: 'unanswered'; readonly sent: Sent }
  | { readonly kind: 'throttled'; readonly sent: Sent; readonly hintMs: number; readonly random: number };

export function openState(baseMs = 50): LimiterState {
  return { phase: 'open', generation: 0, nextAt: 0, minuteAt: 0, baseMs };
}

/** A window of a minute that opens at an unexpected time is found open within this. */
const PROBE_CAP_MS = 10_000;
/** The same, shortly after the time when a window is expected to open. */
const EXPECTED_PROBE_MS = 5_000;
const MINUTE_MS = 60_000;
/** A shut longer than this is a window's, not an empty bucket's. */
const LONG_SHUT_MS = 10_000;
/** The first calls of the doubling are this far apart, at most. */
const DOUBLING_GAP_MS = 100;
const UNLIMITED = 100_000;
/** The estimate changes by a measurement as if this many calls had passed at the rate of the estimate before. */
const PRIOR_CALLS = 4;
const MIN_SPREAD = 0.05;
const MAX_SPREAD = 0.6;

/** Calls a second at this moment. */
export function rateAt(state: LimiterState, now: number): number {
  if (state.phase !== 'paced') return Number.POSITIVE_INFINITY;
  if (state.climb.kind === 'doubling') return state.climb.rate;
  const { limit, spread, from, seconds } = state.climb;
  const x = (now - from) / 1_000 / seconds - 1;
  return limit * (1 + spread * (x > 1 ? x ** 4 : x ** 3));
}

/** When the next call may be sent; infinite while a probe is in flight. */
export function readyAt(state: LimiterState): number {
  return state.phase === 'probing' && state.inFlight ? Number.POSITIVE_INFINITY : state.nextAt;
}

export function next(state: LimiterState, event: LimiterEvent, now: number): LimiterState {
  if (event.kind === 'sent') return sent(state, now);
  const isCurrent = event.sent.generation === state.generation;
  if (event.kind === 'passed') return passed(state, event.sent, isCurrent, now);
  if (event.kind === 'unanswered') {
    return isCurrent && state.phase === 'probing' ? { ...state, inFlight: false } : state;
  }
  const hintAt = now + event.hintMs;
  const after = isCurrent ? throttled(state, event.sent, event.random, now) : state;
  return { ...after, nextAt: Math.max(after.nextAt, hintAt) };
}

function sent(state: LimiterState, now: number): LimiterState {
  if (state.phase === 'probing') return { ...state, inFlight: true };
  if (state.phase === 'paced') return { ...state, sentAt: now, nextAt: now + 1_000 / rateAt(state, now) };
  return state;
}

function passed(state: LimiterState, { rate }: Sent, isCurrent: boolean, now: number): LimiterState {
  if (state.phase === 'paced') {
    const { climb } = state;
    const faster = isCurrent && climb.kind === 'doubling' && Math.max(climb.rate, Math.min(2 * rate, UNLIMITED));
    return { ...state, passes: state.passes + 1, ...(faster && { climb: { kind: 'doubling', rate: faster } }) };
  }
  if (state.phase === 'open' || !isCurrent) return state;
  const { generation, shutAt, limit, refusedAt, baseMs } = state;
  const shut = Math.max(now - shutAt, 1);
  const minuteAt = shut > LONG_SHUT_MS ? refusedAt : state.minuteAt;
  const paced = {
    phase: 'paced',
    generation,
    baseMs,
    minuteAt,
    sentAt: 0,
    passes: 1,
    refusedAt: shutAt,
    early: 0,
  } as const;
  // A bucket that was not quite empty had its next call after about this time.
  if (limit !== undefined && shut < 5_000 / limit) {
    const climb = cubic(800 / shut, 0.2, 0, now);
    return { ...paced, climb, nextAt: now + 1_000 / climb.limit };
  }
  const gap = Math.min(Math.max(now - refusedAt, 1), DOUBLING_GAP_MS);
  return { ...paced, climb: { kind: 'doubling', rate: 1_000 / gap }, nextAt: now + gap };
}

function throttled(state: LimiterState, call: Sent, random: number, now: number): LimiterState {
  if (state.phase === 'paced' && state.passes > 0) return corrected(state, call, now);
  const { minuteAt, baseMs } = state;
  const refusals = state.phase === 'probing' ? state.refusals + 1 : 1;
  const limit = state.phase === 'probing' ? state.limit : state.phase === 'paced' ? limitOf(state.climb) : undefined;
  const shutAt = state.phase === 'probing' ? state.shutAt : state.phase === 'paced' ? state.refusedAt : now;
  const generation = state.generation + 1;
  const nextAt = now + probeWaitMs(refusals, baseMs, random, (now - minuteAt) % MINUTE_MS);
  return {
    phase: 'probing',
    generation,
    inFlight: false,
    refusals,
    shutAt,
    refusedAt: now,
    limit,
    nextAt,
    minuteAt,
    baseMs,
  };
}

/** Never past the time when a window of a minute is expected to open. */
function probeWaitMs(refusals: number, baseMs: number, random: number, sinceMinute: number): number {
  const cap = sinceMinute < PROBE_CAP_MS ? EXPECTED_PROBE_MS : PROBE_CAP_MS;
  const half = backoffMs(refusals, baseMs, cap, () => 0.5);
  return Math.min(half + half * random, MINUTE_MS - sinceMinute);
}

/** What passed since the server last had nothing left is what it let through in that time; its limit lies between that and the rate that was refused. */
function corrected(state: LimiterState & Paced, call: Sent, now: number): LimiterState {
  const { climb, passes, early } = state;
  const seconds = Math.max(now - state.refusedAt, 1) / 1_000;
  const before = limitOf(climb);
  const counted =
    before === undefined ? passes / seconds : (passes - early + PRIOR_CALLS) / (seconds + PRIOR_CALLS / before);
  const low = Math.max(Math.min(counted, call.rate), 0.3 * (before ?? 0));
  const high = Math.max(low, Math.min(call.rate, 4 * low));
  const limit = low + 0.6 * (high - low);
  const spread = Math.min(MAX_SPREAD, Math.max(MIN_SPREAD, 1 - low / limit));
  const isLast = call.sentAt === state.sentAt;
  return {
    ...state,
    generation: state.generation + 1,
    climb: cubic(limit, spread, now - call.sentAt, now),
    passes: 0,
    refusedAt: now,
    early: isLast ? 1 : 0,
    nextAt: isLast ? now + (Math.min(1, 2 * spread) * 1_000) / limit : state.sentAt + 1_000 / (limit * (1 - spread)),
  };
}

/** Long enough for some calls and for the answers to come back; shorter the less is known. */
function cubic(limit: number, spread: number, latencyMs: number, from: number): Cubic {
  const seconds = Math.max(1.5, 18 / limit, (20 * latencyMs) / 1_000) * Math.sqrt(MIN_SPREAD / spread);
  return { kind: 'cubic', limit, spread, from, seconds };
}

function limitOf(climb: Climb): number | undefined {
  return climb.kind === 'cubic' ? climb.limit : undefined;
}
