import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waits } from '../../shared/retry/backoff.ts';
import { createRateLimiter, type Permit } from '../../shared/retry/rate-limiter.ts';

waits.factor = 1;

const START = Date.parse('2026-11-24T08:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const limiter = (seconds = 3_600) => createRateLimiter({ deadline: START + seconds * 1_000, random: () => 1 });

async function settled<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  return Promise.race([promise, vi.advanceTimersByTimeAsync(0).then(() => 'waiting' as const)]);
}

async function taken(acquire: Promise<Permit | undefined>): Promise<Permit> {
  const got = await settled(acquire);
  if (got === 'waiting' || got === undefined) throw new Error('no permit');
  return got;
}

describe('a limiter', () => {
  it('lets every call through until ECS throttles one', async () => {
    const { acquire } = limiter();
    const turns = await Promise.all(Array.from({ length: 50 }, acquire));
    expect(turns.every((one) => one !== undefined)).toBe(true);
  });

  it('lets one probe through at a time once ECS has throttled a call, and more when the probe has passed', async () => {
    const { acquire } = limiter();
    (await taken(acquire())).throttled();
    const [probe, other] = [acquire(), acquire()];
    expect(await settled(probe)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(100);
    const trying = await taken(probe);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await settled(other)).toBe('waiting');
    trying.passed();
    await vi.advanceTimersByTimeAsync(100);
    expect(await settled(other)).not.toBe('waiting');
  });

  it('takes the hint of ECS before its own guess', async () => {
    const { acquire } = limiter();
    (await taken(acquire())).throttled(30_000);
    const probe = acquire();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(await settled(probe)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(probe)).not.toBe('waiting');
  });

  it('counts several throttled calls of one moment once', async () => {
    const { acquire } = limiter();
    const all = await Promise.all([taken(acquire()), taken(acquire()), taken(acquire())]);
    for (const one of all) one.throttled();
    const probe = acquire();
    await vi.advanceTimersByTimeAsync(100);
    expect(await settled(probe)).not.toBe('waiting');
  });

  it('sends the next probe when one gets no answer, and ignores answers to calls from before', async () => {
    const { acquire } = limiter();
    const [late, early] = [await taken(acquire()), await taken(acquire())];
    early.throttled();
    late.unanswered();
    const probe = acquire();
    await vi.advanceTimersByTimeAsync(100);
    (await taken(probe)).unanswered();
    expect(await settled(acquire())).not.toBe('waiting');
  });

  it('gives no permit at or after the deadline, and resolves at once when the wait would end there', async () => {
    const { acquire } = limiter(10);
    (await taken(acquire())).throttled(60_000);
    expect(await settled(acquire())).toBeUndefined();
  });

  it('resolves at the deadline while a probe is in flight', async () => {
    const { acquire } = limiter(1);
    (await taken(acquire())).throttled();
    const [probe, other] = [acquire(), acquire()];
    await vi.advanceTimersByTimeAsync(100);
    await taken(probe);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await settled(other)).toBeUndefined();
  });

  it('gives no permit to a waiter that is stopped, and the others theirs', async () => {
    const { acquire } = limiter();
    (await taken(acquire())).throttled();
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const [one, other] = [acquire({ stopped }), acquire()];
    stop();
    expect(await one).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await settled(other)).toBeDefined();
  });

  it('waits for nothing more when all who waited are stopped', async () => {
    const { acquire } = limiter();
    (await taken(acquire())).throttled();
    expect(await acquire({ stopped: Promise.resolve() })).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});
