import { describe, expect, it } from 'vitest';
import { waits } from '../../shared/retry/backoff.ts';
import { callOf, type LimiterState, next, OPEN, readyAt } from '../../shared/retry/rate-limiter-state.ts';

waits.factor = 1;

const NOW = 1_000_000;
const pass = (state: LimiterState, sentAt: number, now: number) =>
  next(next(state, { kind: 'sent' }, sentAt), { kind: 'passed', sent: callOf(state, sentAt) }, now);
const refuse = (state: LimiterState, sentAt: number, now: number, hintMs = 0) =>
  next(
    next(state, { kind: 'sent' }, sentAt),
    { kind: 'throttled', sent: callOf(state, sentAt), hintMs, random: 1 },
    now,
  );

const open = OPEN;
const rateOf = (state: LimiterState) => callOf(state, NOW).rate;
/** Calls that pass, one after the other, as fast as the state lets them. */
function passing(state: LimiterState, calls: number): LimiterState {
  return Array.from({ length: calls }).reduce<LimiterState>(
    (after) => pass(after, readyAt(after), readyAt(after)),
    state,
  );
}

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

  it('doubles the rate after a probe, once for each call that passed at it', () => {
    const rates = [0, 1, 2, 3, 4, 5, 6].map((calls) => rateOf(passing(paced, calls)));
    const steps = rates.slice(1).map((rate, k) => rate / Number(rates[k]));
    expect(steps.every((step) => step === 1 || step === 2)).toBe(true);
    expect(rates.at(-1)).toBe(8 * Number(rates[0]));
  });

  it('doubles the wait with each throttled probe, twice so after six, and never passes the minute', () => {
    const waits = [];
    let [state, now] = [probing, NOW + 20];
    for (let k = 0; k < 9; k++) {
      waits.push(Math.round(readyAt(state) - now));
      now = readyAt(state);
      state = refuse(state, now, now);
    }
    expect(waits).toEqual([50, 100, 200, 400, 800, 1_600, 6_400, 10_430, 5_000]);
  });

  it('probes a window that is known once soon, and then hardly before it opens', () => {
    const minutes = pass(refuse(open, 6_000_000, 6_000_000), 6_060_000, 6_060_000);
    const empty = refuse(minutes, 6_060_100, 6_060_100);
    expect([empty.phase, readyAt(empty)]).toEqual(['probing', 6_061_100]);
    const again = refuse(empty, 6_061_100, 6_061_100);
    expect(readyAt(again)).toBe(6_093_100);
    expect(readyAt(refuse(again, 6_093_100, 6_093_100))).toBe(6_120_000);
  });

  it('counts minutes no longer once a probe has passed soon', () => {
    const minutes = pass(refuse(open, 6_000_000, 6_000_000), 6_060_000, 6_060_000);
    const passed = pass(refuse(minutes, 6_060_100, 6_060_100), 6_061_100, 6_061_100);
    expect(refuse(passed, 6_061_200, 6_061_200).phase).toBe('paced');
  });

  it('waits for a probe that is in flight', () => {
    expect(readyAt(next(probing, { kind: 'sent' }, NOW + 70))).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes the hint of the server before its own guess', () => {
    expect(readyAt(refuse(open, NOW, NOW, 30_000))).toBe(NOW + 30_000);
  });

  it('takes a hint that is shorter than its own guess, too', () => {
    const waiting = Array.from({ length: 6 }).reduce<LimiterState>((state) => refuse(state, NOW, NOW), open);
    expect(readyAt(refuse(waiting, NOW, NOW, 70))).toBe(NOW + 70);
  });

  it('learns nothing from calls that were sent before the last throttled one, but their hints', () => {
    const old = callOf(open, NOW);
    expect(next(probing, { kind: 'passed', sent: old }, NOW + 30)).toEqual(probing);
    const hinted = next(probing, { kind: 'throttled', sent: old, hintMs: 500, random: 1 }, NOW + 30);
    expect(hinted).toEqual({ ...probing, nextAt: NOW + 530 });
  });

  it('is corrected by a throttled call: below the rate that was refused, and climbing', () => {
    expect(rateOf(estimated)).toBeLessThan(rateOf(paced));
    expect(rateOf(passing(estimated, 200))).toBeGreaterThan(rateOf(paced));
  });

  it('tests a higher rate with one call at a time, and keeps its own when that call is throttled', () => {
    const states = Array.from({ length: 100 }, (_, calls) => passing(estimated, calls));
    const testing = states.find((state) => state.phase === 'paced' && state.isTesting);
    if (!testing) throw new Error('no test in 100 calls');
    const at = readyAt(testing);
    const inFlight = next(testing, { kind: 'sent' }, at);
    expect(rateOf(inFlight)).toBeLessThan(rateOf(testing));
    const refused = next(inFlight, { kind: 'throttled', sent: callOf(testing, at), hintMs: 0, random: 1 }, at + 20);
    expect(rateOf(refused)).toBeCloseTo(rateOf(inFlight));
    const passed = next(inFlight, { kind: 'passed', sent: callOf(testing, at) }, at + 20);
    expect(rateOf(passing(passed, 1))).toBeGreaterThanOrEqual(rateOf(testing));
  });

  it('sends the next test when one gets no answer', () => {
    const after = passing(estimated, 1);
    if (after.phase !== 'paced') throw new Error('not paced');
    const testing: LimiterState = { ...after, isTesting: true };
    const unanswered = next(testing, { kind: 'unanswered', sent: callOf(testing, NOW) }, NOW + 900);
    expect(unanswered).toMatchObject({ isTesting: false });
  });

  it('gives way to others when what a whole climb has shown to pass is refused, and comes back by equal steps', () => {
    const { state, at } = provenAndRefused();
    if (state.phase !== 'paced') throw new Error('not paced');
    expect(state.pace.kind).toBe('shared');
    const before = provenRate(estimated);
    expect(rateOf(state)).toBeCloseTo(before * 0.7);
    const [one, two] = [1, 2].map((seconds) => next(state, { kind: 'sent' }, at + seconds * 1_000));
    const [first, second] = [rateOf(one ?? state), rateOf(two ?? state)];
    expect(second - first).toBeCloseTo(first - rateOf(state));
  });

  it.each<[string, number, string]>([
    ['shares with others, if it has proven much more', 10_000, 'shared'],
    ['corrects its estimate, if nothing is proven', 1, 'estimated'],
  ])('refused again and again within a climb, %s', (_, passes, kind) => {
    let { state, at } = testRefused(passes);
    for (let refusals = 0; refusals < 3; refusals++) {
      state = pass(state, at, at);
      at += 400;
      state = refuse(state, at, at);
    }
    expect(state).toMatchObject({ phase: 'paced', pace: { kind } });
  });

  it('takes the limit for its own again after three calls refused at the same rate', () => {
    let { state, at } = provenAndRefused();
    for (let refusals = 0; refusals < 3; refusals++) {
      at += 1_000;
      state = pass(state, at, at);
      at += 1;
      state = refuse({ ...state, nextAt: at }, at, at);
    }
    expect(state).toMatchObject({ phase: 'paced', pace: { kind: 'estimated' } });
  });
});

function provenRate(state: LimiterState): number {
  return state.phase === 'paced' && state.pace.kind === 'estimated' ? state.pace.limit : Number.NaN;
}

/** Long after the climb a call at the limit is refused, while a test is under way. */
function provenAndRefused() {
  return refusedAfterClimb(provenRate(estimated), 100);
}

/** Long after the climb a call a little above the limit is refused, when so many have passed. */
function testRefused(passes: number) {
  return refusedAfterClimb(1.05 * provenRate(estimated), passes);
}

function refusedAfterClimb(rate: number, passes: number) {
  const at = NOW + 60_000;
  if (estimated.phase !== 'paced') throw new Error('not paced');
  const testing: LimiterState = { ...estimated, isTesting: true, rate, passes };
  const sent = { generation: testing.generation, rate, sentAt: at };
  const state = next(testing, { kind: 'throttled', sent, hintMs: 0, random: 1 }, at + 20);
  return { state, at: at + 20 };
}
