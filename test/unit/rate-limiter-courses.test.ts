import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRateLimiter } from '../../shared/retry/rate-limiter.ts';

type Course = { readonly batches: number; readonly takes: () => boolean; readonly idealSeconds: number };

const START = Date.parse('2026-11-24T08:00:40Z');
const CONCURRENCY = 8;
/** By the clock that the test winds on. */
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function bucket(perSecond: number, burst: number, batches: number): Course {
  let tokens = burst;
  let at = START;
  const takes = () => {
    tokens = Math.min(burst, tokens + ((Date.now() - at) / 1_000) * perSecond);
    at = Date.now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
  return { batches, takes, idealSeconds: (batches - burst) / perSecond };
}

/** Windows begin with the minutes of the clock; the first has 20 s left. */
function window(limit: number, batches: number): Course {
  const taken = new Map<number, number>();
  const takes = () => {
    const minute = Math.floor(Date.now() / 60_000);
    const before = taken.get(minute) ?? 0;
    taken.set(minute, before + 1);
    return before < limit;
  };
  return { batches, takes, idealSeconds: 20 + 60 * (Math.ceil(batches / limit) - 2) };
}

/** Batches through one limiter → the part of what is let through that it made use of, and what that took in calls. */
async function run({ batches, takes, idealSeconds }: Course, latencyMs: number) {
  const limiter = createRateLimiter({ deadline: START + 3_600_000, random: () => 0.5 });
  let [left, calls, working] = [batches, 0, CONCURRENCY];
  const detach = async (): Promise<void> => {
    const turn = await limiter.acquire();
    calls += 1;
    await sleep(latencyMs);
    if (takes()) return turn?.passed();
    turn?.throttled();
    return detach();
  };
  const worker = async () => {
    while (left-- > 0) await detach();
    working -= 1;
  };
  for (let k = 0; k < CONCURRENCY; k++) void worker();
  while (working > 0) await vi.advanceTimersByTimeAsync(20);
  return { share: idealSeconds / ((Date.now() - START) / 1_000), callsPerBatch: calls / batches };
}

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a limiter makes use of what ECS lets through, and is seldom refused', () => {
  it.each([
    ['10 a second, burst 10', () => bucket(10, 10, 200), 4, 1.2],
    ['10 a second, burst 10, slow answers', () => bucket(10, 10, 200), 200, 1.2],
    ['30 a second, burst 60', () => bucket(30, 60, 500), 30, 1.2],
    ['200 a minute', () => window(200, 600), 4, 1.3],
    ['200 a minute, slow answers', () => window(200, 600), 200, 1.3],
    ['500 a minute', () => window(500, 1_200), 30, 1.3],
    ['2,000 a minute', () => window(2_000, 6_000), 4, 1.3],
  ])('%s', async (_, course, latencyMs, atMost) => {
    const { share, callsPerBatch } = await run(course(), latencyMs);
    expect(share).toBeGreaterThanOrEqual(0.9);
    expect(callsPerBatch).toBeLessThanOrEqual(atMost);
  });
});
