/** Calls a second, and how they change with time. Pure. */
export type Pace = Doubling | Estimated | Shared;
/** No limit is known yet: twice the rate at which calls passed. */
type Doubling = { readonly kind: 'doubling'; readonly rate: number; readonly passedRate: number };
/** From `limit * (1 - spread)` to the limit in `seconds`, steep at first, flat at its end: the first half of CUBIC's curve. */
export type Estimated = {
  readonly kind: 'estimated';
  readonly limit: number;
  readonly spread: number;
  readonly from: number;
  readonly seconds: number;
  /** Once at the limit, single calls test whether so much more passes. */
  readonly step: number;
  /** How often the estimate has been corrected. */
  readonly corrections: number;
  /** The highest rate at which calls have passed for a whole climb; 0 before the first. */
  readonly proven: number;
};
/**
 * Others use up the same limit: additive increase, multiplicative decrease, by which any number of callers come to the same
 * rate (Chiu and Jain 1989, TCP). `from`: since when nothing was refused.
 */
type Shared = {
  readonly kind: 'shared';
  readonly limit: number;
  readonly from: number;
  /** The rate at which the last call was refused, and how often in a row at about the same one. */
  readonly peak: number;
  readonly alike: number;
  readonly proven: number;
};

/** A test that was refused further above the limit than this is treated as any refusal. */
const NEAR = 1.15;
/** Rates above mean nothing: no caller sends as much. It keeps the arithmetic finite. */
const UNLIMITED = 100_000;
/** A test that passed is followed by one of twice the step, up to twice the rate: 5 a second become 50 in seven tests. */
const MAX_STEP = 1;
/** A refused test costs one call, so that the steps may be small: at most so much of the limit is left unused. */
const MIN_STEP = 0.03;
/** Below the estimate, room for what was measured wrong; half of it where next to nothing is known. */
const MIN_SPREAD = 0.05;
const MAX_SPREAD = 0.5;
/** A shut that is longer than the estimate says may be another caller's doing: so much of the estimate is kept. */
const LEAST_KEPT = 0.5;
/** A shut of fewer gaps is an empty bucket's, at about the rate that was known; after more, everything is measured anew. */
const SHUT_GAPS = 5;
/** Such a bucket was not quite empty: it has taken about so much of a gap to fill, which may be wrong by a fifth. */
const SHUT_PART = 0.8;
const SHUT_SPREAD = 0.2;
/** Where the limit lies between what passed and what was refused: in the middle, and a little above, since too high is corrected soon. */
const BETWEEN = 0.6;
/** What was refused at a multiple of what passed says no more than this multiple does. */
const MOST_ABOVE = 4;
/** A measurement changes the estimate as if so many calls had passed before at the estimate's rate. */
const PRIOR_CALLS = 6;
/** A climb is as long as so many calls, and so many round trips: each refusal costs half of one. */
const CLIMB_CALLS = 12;
const CLIMB_ROUND_TRIPS = 20;
const MIN_CLIMB_SECONDS = 1.5;
/** A slow caller that others hold down finds within seconds that they have gone. */
const MAX_SLOW_CLIMB_SECONDS = 6;
/** While tests raise the limit by as much, it is far from proven. */
const MUCH = 0.2;
/** Alone, an estimate is right after fewer corrections, behind a bucket of one call too. */
const MAX_CORRECTIONS = 6;
/** What passed between two refusals, and a little more: of few calls, fewer pass than the estimate says. */
const PROVEN_ABOVE = 1.2;
/** Left with less of what was proven once, a caller is not alone: it takes its part back as the others give theirs. */
const LEAST_ALONE = 0.75;
/** As CUBIC (RFC 9438, section 4.6): a refused call costs three tenths of the rate. */
const DECREASE = 0.3;
/** Calls a second, each second: at 10 a second a decrease is made up for within a second. Chosen by simulation, as are those below. */
const INCREASE = 3;
/** Slow callers grow by less, by a part of the square of their rate: else a third of their calls would be refused. */
const INCREASE_SQUARE = 0.15;
/** Nothing refused for longer than a decrease takes to be made up for: others have gone, and the rate grows by the cube. */
const ALONE_SECONDS = 2;
/** By which the rate is then doubled: 5 a second become 50 within 5 s of the change. */
const DOUBLED_SECONDS = 2;
/** Refused three times at about the same rate: that is the limit, and no one else's calls. Others' would make it vary by a third. */
const ALIKE = 0.08;
const ALIKE_REFUSALS = 2;
/** Of that rate, since a call was refused at it. */
const BELOW_PEAK = 0.97;

export function doubling(gapMs: number): Pace {
  return { kind: 'doubling', rate: 1_000 / gapMs, passedRate: 0 };
}

/** `latencyMs`: how long a call takes to be answered. */
export function estimated(limit: number, spread: number, latencyMs: number, from: number): Estimated {
  const slow = Math.min(MAX_SLOW_CLIMB_SECONDS, CLIMB_CALLS / limit);
  const seconds = Math.max(MIN_CLIMB_SECONDS, slow, (CLIMB_ROUND_TRIPS * latencyMs) / 1_000);
  const known = Math.sqrt(MIN_SPREAD / Math.max(spread, MIN_SPREAD));
  return {
    kind: 'estimated',
    limit,
    spread,
    from,
    seconds: seconds * known,
    step: MIN_STEP,
    corrections: 0,
    proven: 0,
  };
}

/** `refusedRate`: of the call that was refused just now. */
function shared(refusedRate: number, from: number, proven: number, alike = 0): Shared {
  return { kind: 'shared', limit: refusedRate * (1 - DECREASE), from, peak: refusedRate, alike, proven };
}

/** After a probe that passed when the server had been shut for so long; undefined when the pace before says nothing any more. */
export function resumed(pace: Pace, shutMs: number, now: number): Pace | undefined {
  if (pace.kind === 'shared') return { ...pace, from: now };
  if (pace.kind === 'doubling' || shutMs >= (SHUT_GAPS * 1_000) / pace.limit) return undefined;
  const { proven } = pace;
  const limit = Math.max(LEAST_KEPT * pace.limit, Math.min(pace.limit, (SHUT_PART * 1_000) / shutMs));
  if (limit < LEAST_ALONE * proven) return shared(limit, now, proven);
  return { ...estimated(limit, SHUT_SPREAD, 0, now), proven };
}

export function limitOf(pace: Pace): number | undefined {
  return pace.kind === 'doubling' ? undefined : pace.limit;
}

/** The rate of the next call. `mayTest`: no test is under way. */
export function rateAt(pace: Pace, now: number, mayTest: boolean): number {
  if (pace.kind === 'doubling') return pace.rate;
  if (pace.kind === 'shared') return sharedRateAt(pace, now);
  const left = Math.max(0, 1 - (now - pace.from) / 1_000 / pace.seconds);
  return pace.limit * (left > 0 ? 1 - pace.spread * left ** 3 : mayTest ? 1 + pace.step : 1);
}

function sharedRateAt({ limit, from, proven }: Shared, now: number): number {
  const seconds = (now - from) / 1_000;
  const increase = Math.min(INCREASE, INCREASE_SQUARE * Math.max(limit, proven) ** 2);
  return Math.min(
    UNLIMITED,
    limit + increase * seconds + limit * (Math.max(0, seconds - ALONE_SECONDS) / DOUBLED_SECONDS) ** 3,
  );
}

/** A call sent at this rate has passed. */
export function raised(pace: Pace, rate: number): Pace {
  if (pace.kind === 'doubling') {
    const passedRate = Math.max(pace.passedRate, rate);
    return { ...pace, passedRate, rate: Math.min(UNLIMITED, Math.max(pace.rate, 2 * passedRate)) };
  }
  if (pace.kind === 'shared' || rate <= pace.limit) return pace;
  return { ...pace, limit: Math.min(rate, UNLIMITED), step: Math.min(2 * pace.step, MAX_STEP) };
}

/** A call sent at this rate was refused after so many had passed in so many seconds since the server had nothing left. */
export function lowered(
  pace: Pace,
  rate: number,
  passes: number,
  seconds: number,
  latencyMs: number,
  now: number,
): Pace {
  const passed = passes / seconds;
  if (pace.kind === 'doubling') {
    const low = Math.min(rate, Math.max(passed, Math.sqrt(passed * pace.passedRate)));
    return between(low, rate, latencyMs, now);
  }
  if (pace.kind === 'shared') {
    if (passes <= 0) return { ...pace, from: now };
    const alike = Math.abs(rate / pace.peak - 1) < ALIKE ? pace.alike + 1 : 0;
    if (alike < ALIKE_REFUSALS) return shared(rate, now, pace.proven, alike);
    const limit = rate * BELOW_PEAK;
    return { ...estimated(limit, MIN_SPREAD, latencyMs, now), proven: Math.min(limit, PROVEN_ABOVE * passed) };
  }
  const { limit } = pace;
  const hasClimbed = pace.step < MUCH && now - pace.from > pace.seconds * 1_000 + latencyMs;
  const proven = hasClimbed ? Math.max(pace.proven, Math.min(limit, PROVEN_ABOVE * passed)) : pace.proven;
  if (rate > limit && rate < limit * NEAR) {
    const step = Math.max(MIN_STEP, (rate / limit - 1) / 2);
    return { ...estimated(limit, 0, latencyMs, now), step, proven };
  }
  // What a whole climb has shown to pass is refused: others take a part of it.
  if (rate <= limit && (hasClimbed || pace.corrections >= MAX_CORRECTIONS)) return shared(rate, now, proven);
  const low = Math.min(rate, (passes + PRIOR_CALLS) / (seconds + PRIOR_CALLS / limit));
  const corrected = between(low, rate, latencyMs, now);
  if (corrected.limit < LEAST_ALONE * proven) return shared(corrected.limit, now, proven);
  return { ...corrected, corrections: pace.corrections + 1, proven };
}

/** The limit lies between a rate that passed and one that was refused. */
function between(low: number, refused: number, latencyMs: number, now: number): Estimated {
  const limit = low + BETWEEN * (Math.min(refused, MOST_ABOVE * low) - low);
  const spread = Math.min(MAX_SPREAD, Math.max(MIN_SPREAD, 1 - low / limit));
  return estimated(limit, spread, latencyMs, now);
}
