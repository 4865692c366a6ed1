import type { Course } from './run.ts';
import { IN_FLIGHT } from './run.ts';
import { bucket, minutes } from './throttle.ts';

export type Cell = {
  readonly name: string;
  readonly callsAtMost: number;
  course(seed: number): Course;
};

export const LATENCIES_MS = [20, 50, 200] as const;
const WORK_SECONDS = 20;

/** 20 s of work at the limit, behind a bucket that is full at first. */
export function bucketCell(perSecond: number, burst: number, latencyMs: number): Cell {
  const limit = Math.min(perSecond, (IN_FLIGHT * 1_000) / latencyMs);
  const course = (seed: number) => ({
    throttle: () => bucket(perSecond, burst),
    batches: Math.round(burst + WORK_SECONDS * limit),
    latencyMs,
    startsAt: startOf(seed),
  });
  return { name: `${perSecond}/s, burst ${burst}, ${latencyMs} ms`, callsAtMost: perSecond <= 5 ? 1.5 : 1.2, course };
}

/** What three windows let through, beginning anywhere in the first. */
export function windowCell(limit: number, latencyMs: number): Cell {
  const course = (seed: number) => ({
    throttle: () => minutes(limit),
    batches: 3 * limit,
    latencyMs,
    startsAt: startOf(seed),
  });
  return { name: `${limit}/min, ${latencyMs} ms`, callsAtMost: 1.2, course };
}

export const BUCKETS = [2, 5, 10, 20, 50, 100].flatMap((perSecond) =>
  [1, 5, 20, 100].flatMap((burst) => LATENCIES_MS.map((latencyMs) => bucketCell(perSecond, burst, latencyMs))),
);
export const WINDOWS = [50, 200, 1_000].flatMap((limit) =>
  LATENCIES_MS.map((latencyMs) => windowCell(limit, latencyMs)),
);

/** The starts of the seeds spread evenly over the minute. */
function startOf(seed: number): number {
  return 6_000_000 + ((seed * 0.618034) % 1) * 60_000;
}
