/** Calls a second, and how they change with time. Pure. */
export type Pace = Doubling | Estimated;
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
/** Where the limit lies between what passed and what was refused: in the middle, and a little above, since too high is corrected soon. */
const BETWEEN = 0.6;
/** A measurement changes the estimate as if so many calls had passed before at the estimate's rate. */
const PRIOR_CALLS = 6;
/** A climb is as long as so many calls, and so many round trips: each refusal costs half of one. */
const CLIMB_CALLS = 12;
const CLIMB_ROUND_TRIPS = 20;
const MIN_CLIMB_SECONDS = 1.5;

export function doubling(gapMs: number): Pace {
  return { kind: 'doubling', rate: 1_000 / gapMs, passedRate: 0 };
}

/** `latencyMs`: how long a call takes to be answered. */
export function estimated(limit: number, spread: number, latencyMs: number, from: number): Estimated {
  const seconds = Math.max(MIN_CLIMB_SECONDS, CLIMB_CALLS / limit, (CLIMB_ROUND_TRIPS * latencyMs) / 1_000);
  const known = Math.sqrt(MIN_SPREAD / Math.max(spread, MIN_SPREAD));
  return { kind: 'estimated', limit, spread, from, seconds: seconds * known, step: MIN_STEP };
}

export function limitOf(pace: Pace): number | undefined {
  return pace.kind === 'estimated' ? pace.limit : undefined;
}

/** The rate of the next call. `mayTest`: no test is under way. */
export function rateAt(pace: Pace, now: number, mayTest: boolean): number {
  if (pace.kind === 'doubling') return pace.rate;
  const left = Math.max(0, 1 - (now - pace.from) / 1_000 / pace.seconds);
  return pace.limit * (left > 0 ? 1 - pace.spread * left ** 3 : mayTest ? 1 + pace.step : 1);
}

/** A call sent at this rate has passed. */
export function raised(pace: Pace, rate: number): Pace {
  if (pace.kind === 'doubling') {
    const passedRate = Math.max(pace.passedRate, Math.min(rate, UNLIMITED));
    return { ...pace, passedRate, rate: Math.max(pace.rate, Math.min(2 * passedRate, UNLIMITED)) };
  }
  if (rate <= pace.limit) return pace;
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
): Estimated {
  if (pace.kind === 'estimated' && rate > pace.limit && rate < pace.limit * NEAR) {
    const step = Math.max(MIN_STEP, (rate / pace.limit - 1) / 2);
    return { ...estimated(pace.limit, 0, latencyMs, now), step };
  }
  const counted =
    pace.kind === 'doubling'
      ? Math.max(passes / seconds, Math.sqrt((passes / seconds) * pace.passedRate))
      : (passes + PRIOR_CALLS) / (seconds + PRIOR_CALLS / pace.limit);
  const low = Math.min(counted, rate);
  const limit = low + BETWEEN * (Math.min(rate, 4 * low) - low);
  const spread = Math.min(MAX_SPREAD, Math.max(MIN_SPREAD, 1 - low / limit));
  return estimated(limit, spread, latencyMs, now);
}
