import { backoffMs } from './backoff.ts';

/** ECS counts by the minute: https://help.aliyun.com/zh/ecs/developer-reference/api-throttling */
export const MINUTE_MS = 60_000;
/** The first wait: short beside a bucket of 10 a second, long beside a round trip within a region. */
const FIRST_MS = 50;
/** Where the rate was known: a part of the gap, so that few probes come too soon. */
const FIRST_PART = 0.35;
/** Probes that find a bucket: after six refused ones, 2 to 3 s, it is more likely a window, and waits are twice as long. */
const BUCKET_PROBES = 6;
/** A window that opens at an unexpected time is found open within this. */
const CAP_MS = 20_000;
/** Where windows are known, one probe soon, in case this is none, and then few: little is gained before the next is due. */
const WINDOW_FIRST_MS = 1_000;
const WINDOW_SKIP = 4;
/** After the time when a window is expected to open it is found open within this, ... */
const EXPECTED_CAP_MS = 5_000;
/** ... for so long. */
const EXPECTED_MS = 10_000;

type Probe = {
  /** Calls that were refused in a row. */
  readonly refusals: number;
  /** The server has been seen to count by the minute. */
  readonly countsMinutes: boolean;
  /** Since a window is expected to have opened. */
  readonly sinceMinute: number;
  /** Since the first of the refusals. */
  readonly shut: number;
  /** Between two calls at the rate that was estimated before; 0 when none was. */
  readonly gapMs: number;
  /** From 0 to 1. */
  readonly random: number;
};

/** How long until the next probe: never past the time when a window of a minute is expected to open. */
export function probeWaitMs({ refusals, countsMinutes, sinceMinute, shut, gapMs, random }: Probe): number {
  const isExpected = sinceMinute < Math.min(shut, EXPECTED_MS);
  const cap = isExpected ? EXPECTED_CAP_MS : countsMinutes ? MINUTE_MS : CAP_MS;
  const [dense, first, skip] = countsMinutes
    ? [1, WINDOW_FIRST_MS, WINDOW_SKIP]
    : [BUCKET_PROBES, Math.max(FIRST_MS, gapMs * FIRST_PART), 1];
  const half = backoffMs(refusals > dense ? refusals + skip : refusals, first, cap, () => 0.5);
  return Math.min(half + half * random, MINUTE_MS - sinceMinute);
}
