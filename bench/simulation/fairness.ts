import type { CreateContender } from './contenders.ts';
import { LATENCIES_MS } from './grid.ts';
import { rateOf, share } from './sharing.ts';
import { bucket } from './throttle.ts';

/** Two requests at once on one account, each with a limiter of its own. */
export type FairnessCell = { readonly name: string; readonly burst: number; readonly latencyMs: number };

export const FAIRNESS_PER_SECOND = 20;
/** How long the two have to find each other, and how long they are watched after that. */
const SETTLE_SECONDS = 10;
const SECONDS = 40;

export const FAIRNESS: readonly FairnessCell[] = [1, 5, 20].flatMap((burst) =>
  LATENCIES_MS.map((latencyMs) => ({
    name: `two at ${FAIRNESS_PER_SECOND}/s, burst ${burst}, ${latencyMs} ms`,
    burst,
    latencyMs,
  })),
);

/** `smaller`: the part of the one that got less, 0.5 at best; `together`: the part of the limit that both reached. */
export type Fairness = { readonly smaller: number; readonly together: number };

export async function fairness(
  { burst, latencyMs }: FairnessCell,
  create: CreateContender,
  seed: number,
): Promise<Fairness> {
  const startsAt = 6_000_000 + seed * 3_777;
  const from = startsAt + SETTLE_SECONDS * 1_000;
  const endsAt = from + SECONDS * 1_000;
  const throttle = bucket(FAIRNESS_PER_SECOND, burst);
  const passed = await share({ callers: 2, throttle, latencyMs, startsAt, endsAt }, create, seed);
  const rates = passed.map((times) => rateOf(times, from, endsAt));
  const sum = rates.reduce((a, b) => a + b, 0);
  return { smaller: Math.min(...rates) / sum, together: sum / FAIRNESS_PER_SECOND };
}
