import { describe, expect, it } from 'vitest';
import { type LimiterState, next, openState, rateAt, readyAt } from '../../shared/retry/rate-limiter-state.ts';

const NOW = 1_000_000;
const call = (state: LimiterState, now: number) => ({
  generation: state.generation,
  rate: rateAt(state, now),
  sentAt: now,
});
const pass = (state: LimiterState, sentAt: number, now: number) =>
  next(next(state, { kind: 'sent' }, sentAt), { kind: 'passed', sent: call(state, sentAt) }, now);
const refuse = (state: LimiterState, sentAt: number, now: number, hintMs = 0) =>
  next(next(state, { kind: 'sent' }, sentAt), { kind: 'throttled', sent: call(state, sentAt), hintMs, random: 1 }, now);

const open = openState();
const probing = refuse(open, NOW, NOW + 20);
const paced = pass(probing, NOW + 70, NOW + 90);
const estimated = refuse(paced, NOW + 190, NOW + 210);

describe('the state of a rate limiter', () => {
  it.each<[string, LimiterState, LimiterState['phase']]>([
    ['is open at first', open, 'open'],
    ['stays open while calls pass', pass(open, NOW, NOW + 20), 'open'],
    ['is probing after the first throttled call', probing, 'probing'],
    ['is still probing after a throttled probe', refuse(probing, NOW + 70, NOW + 90), 'probing'],
    ['is paced after a probe that passed', paced, 'paced'],
    ['stays paced when a call is throttled after others passed', estimated, 'paced'],
    ['is probing when nothing passed between two throttled calls', refuse(estimated, NOW + 900, NOW + 920), 'probing'],
  ])('%s', (_, state, phase) => {
    expect(state.phase).toBe(phase);
  });

  it('doubles the rate with each pass after a probe', () => {
    const rate = rateAt(paced, NOW + 190);
    expect(rateAt(pass(paced, NOW + 190, NOW + 210), NOW + 210)).toBe(2 * rate);
  });

  it('doubles the wait with each throttled probe, up to 10 s, and never passes the minute', () => {
    const waits = [];
    let [state, now] = [probing, NOW + 20];
    for (let k = 0; k < 9; k++) {
      waits.push(Math.round(readyAt(state) - now));
      now = readyAt(state);
      state = refuse(state, now, now);
    }
    expect(waits).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 7_230]);
  });

  it('waits for a probe that is in flight', () => {
    expect(readyAt(next(probing, { kind: 'sent' }, NOW + 70))).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes the hint of the server before its own guess', () => {
    expect(readyAt(refuse(open, NOW, NOW, 30_000))).toBe(NOW + 30_000);
  });

  it('learns nothing from calls that were sent before the last throttled one, but their hints', () => {
    const old = call(open, NOW);
    expect(next(probing, { kind: 'passed', sent: old }, NOW + 30)).toEqual(probing);
    const hinted = next(probing, { kind: 'throttled', sent: old, hintMs: 500, random: 1 }, NOW + 30);
    expect(hinted).toEqual({ ...probing, nextAt: NOW + 530 });
  });

  it('is corrected by a throttled call: below the rate that was refused, and climbing', () => {
    expect(rateAt(estimated, NOW + 210)).toBeLessThan(rateAt(paced, NOW + 190));
    expect(rateAt(estimated, NOW + 60_000)).toBeGreaterThan(rateAt(paced, NOW + 190));
  });
});
