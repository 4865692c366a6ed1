import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callTimeoutMs, planTimeBudget } from '../../functions/detach-key-pair/detach/time-budget.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Rounds of calls that all take as long, until there is no time for another. */
function rounds(leftMs: number, callMs: number): number {
  const budget = planTimeBudget(deadlineAt(NOW + leftMs), 0);
  for (let count = 0; ; count++) {
    const timeoutMs = callTimeoutMs(budget, 10_000, count === 0 ? undefined : callMs);
    if (timeoutMs === undefined || timeoutMs < callMs) return count;
    vi.setSystemTime(Date.now() + callMs);
  }
}

describe('the time of a short run', () => {
  it('is used for a second round where calls are known to be answered: 800 of 2,000 instances in 2.5 s at 700 ms a call', () => {
    expect(rounds(2_500, 700) * 8 * 50).toBeGreaterThanOrEqual(800);
  });

  it('keeps what describing needs while no call has been answered', () => {
    const { sendBy, resolveBy } = planTimeBudget(deadlineAt(NOW + 2_500), 0);
    expect(resolveBy.at - sendBy.at).toBe(500);
    expect(callTimeoutMs({ sendBy, resolveBy }, 10_000, undefined)).toBe(2_000);
  });

  it('begins no call that cannot be over in time', () => {
    const budget = planTimeBudget(deadlineAt(NOW + 800), 0);
    expect(callTimeoutMs(budget, 10_000, 700)).toBeUndefined();
  });
});
