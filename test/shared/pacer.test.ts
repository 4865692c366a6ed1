import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPacer, type Turn } from '../../shared/pacer.ts';

const START = Date.parse('2026-11-24T08:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pacer = (seconds = 3_600) => createPacer({ deadline: START + seconds * 1_000, random: () => 1 });

async function settled<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  return Promise.race([promise, vi.advanceTimersByTimeAsync(0).then(() => 'waiting' as const)]);
}

async function taken(turn: Promise<Turn | undefined>): Promise<Turn> {
  const got = await settled(turn);
  if (got === 'waiting' || got === undefined) throw new Error('no turn');
  return got;
}

describe('a pacer', () => {
  it('holds nobody back until ECS does', async () => {
    const { turn } = pacer();
    const turns = await Promise.all(Array.from({ length: 50 }, turn));
    expect(turns.every((one) => one !== undefined)).toBe(true);
  });

  it('lets one probe through at a time once ECS has refused, and all the others when the probe has passed', async () => {
    const { turn } = pacer();
    (await taken(turn())).throttled();
    const [probe, other] = [turn(), turn()];
    expect(await settled(probe)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(100);
    const trying = await taken(probe);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await settled(other)).toBe('waiting');
    trying.passed();
    expect(await settled(other)).not.toBe('waiting');
  });

  it('waits twice as long after each probe that is refused, five seconds at most', async () => {
    const { turn } = pacer();
    (await taken(turn())).throttled();
    for (const wait of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      const probe = turn();
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(await settled(probe)).toBe('waiting');
      await vi.advanceTimersByTimeAsync(1);
      (await taken(probe)).throttled();
    }
  });

  it('takes the hint of ECS before its own guess', async () => {
    const { turn } = pacer();
    (await taken(turn())).throttled(30_000);
    const probe = turn();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(await settled(probe)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(probe)).not.toBe('waiting');
  });

  it('does not take several refusals of one moment for several', async () => {
    const { turn } = pacer();
    const all = await Promise.all([taken(turn()), taken(turn()), taken(turn())]);
    for (const one of all) one.throttled();
    const probe = turn();
    await vi.advanceTimersByTimeAsync(100);
    expect(await settled(probe)).not.toBe('waiting');
  });

  it('gives the probe to the next when it gets no answer, and hears nothing of an answer from before', async () => {
    const { turn } = pacer();
    const [late, early] = [await taken(turn()), await taken(turn())];
    early.throttled();
    late.unanswered();
    const probe = turn();
    await vi.advanceTimersByTimeAsync(100);
    (await taken(probe)).unanswered();
    expect(await settled(turn())).not.toBe('waiting');
  });

  it('goes on at the rate that ECS bore, growing as long as it is borne', async () => {
    const { turn } = pacer();
    for (let k = 0; k < 10; k++) {
      await vi.advanceTimersByTimeAsync(100);
      (await taken(turn())).passed();
    }
    (await taken(turn())).throttled();
    await vi.advanceTimersByTimeAsync(100);
    (await taken(turn())).passed();
    let passed = 0;
    const worker = async () => {
      for (;;) {
        const one = await turn();
        if (!one) return;
        passed += 1;
        one.passed();
      }
    };
    void worker();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(passed).toBeGreaterThanOrEqual(9);
    expect(passed).toBeLessThanOrEqual(12);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(passed).toBeGreaterThan(200);
  });

  it('gives nobody a turn at or after the deadline, and tells so at once when the wait would end there', async () => {
    const { turn } = pacer(10);
    (await taken(turn())).throttled(60_000);
    expect(await settled(turn())).toBeUndefined();
  });

  it('tells those who wait for a probe when the deadline comes', async () => {
    const { turn } = pacer(1);
    (await taken(turn())).throttled();
    const [probe, other] = [turn(), turn()];
    await vi.advanceTimersByTimeAsync(100);
    await taken(probe);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await settled(other)).toBeUndefined();
  });

  it('gives nobody a turn once it is closed', async () => {
    const { turn, close } = pacer();
    (await taken(turn())).throttled();
    const waiting = turn();
    close();
    expect([await settled(waiting), await settled(turn())]).toEqual([undefined, undefined]);
  });
});
