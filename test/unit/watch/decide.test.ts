import { describe, expect, it } from 'vitest';
import { decide, type Facts, type Seen, type State } from '../../../functions/reboot-instances/watch/decide.ts';

const MINUTE = 60_000;
const DUE = 1_000 * MINUTE;

/** `facts` of the third wave of three and 10 minutes' patience. */
const FACTS: Facts = {
  maxErrors: 1,
  healthTimeoutMs: 10 * MINUTE,
  isSecond: false,
  dueAt: DUE,
  notAfter: DUE + 180 * MINUTE,
  restartedAt: undefined,
};

const TIMES: Record<string, { state: State; restartedAt?: number }> = {
  b: { state: 'back', restartedAt: DUE - MINUTE },
  s: { state: 'back' },
  c: { state: 'coming' },
  a: { state: 'coming', restartedAt: DUE - MINUTE },
  u: { state: 'untouched' },
  x: { state: 'unread' },
};

/** `b`ack, `s`topped or gone, `c`oming, started without its `a`gent, `u`ntouched, unread `x`. */
function wave(letters: string): Seen[] {
  return [...letters].map((letter, k) => ({
    instanceId: `i-${letter}${k}`,
    ...(TIMES[letter] ?? { state: 'unread' }),
  }));
}

type Row = {
  readonly name: string;
  readonly before: string;
  readonly earlier?: string;
  readonly facts?: Partial<Facts>;
  /** Minutes after the wave was due. */
  readonly at: number;
  readonly is: string;
};

const ROWS: readonly Row[] = [
  { name: 'reads the earlier waves when the one before is back', before: 'bbb', at: 0, is: 'read earlier' },
  { name: 'begins when all are back', before: 'bbb', earlier: 'bbb', at: 0, is: 'begin' },
  { name: 'begins with as many errors as it may have', before: 'bbc', earlier: 'bbb', at: 0, is: 'begin' },
  { name: 'counts the errors of all waves before', before: 'bbc', earlier: 'bbc', at: 0, is: 'wait 1' },
  { name: 'takes stopped and missing instances for back', before: 'sss', earlier: 'sbs', at: 0, is: 'begin' },
  { name: 'waits for a wave that is on its way', before: 'bcc', at: 0, is: 'wait 1' },
  { name: 'waits for agents', before: 'baa', at: 0, is: 'wait 1' },
  { name: 'never waits beyond its patience', before: 'bcc', at: 9.5, is: 'wait 10' },
  { name: 'is not done when the patience is up', before: 'bcc', at: 10, is: 'halt first' },
  { name: 'takes what is unread for an error', before: 'bxx', at: 10, is: 'halt first' },
  {
    name: 'never takes an unread wave for one that was not done',
    before: 'xxx',
    facts: { restartedAt: DUE },
    at: 10,
    is: 'halt first',
  },
  {
    name: 'counts its patience from the restart of a wave that came late',
    before: 'ccc',
    facts: { restartedAt: DUE + 5 * MINUTE },
    at: 14,
    is: 'wait 15',
  },
  {
    name: 'is not done when that is up',
    before: 'ccc',
    facts: { restartedAt: DUE + 5 * MINUTE },
    at: 15,
    is: 'halt first',
  },
  { name: 'waits for a wave that has not begun', before: 'uuu', at: 10, is: 'wait 11' },
  { name: 'looks further back before it gives that up', before: 'uuu', at: 15, is: 'read earlier' },
  {
    name: 'says nothing when another wave has found the trouble',
    before: 'uuu',
    earlier: 'bbb',
    at: 15,
    is: 'halt after',
  },
  { name: 'gives a wave that hangs its own patience', before: 'uuu', earlier: 'bcc', at: 15, is: 'wait 16' },
  { name: 'gives up when that is over too', before: 'uuu', earlier: 'bcc', at: 25, is: 'halt after' },
  {
    name: 'tells when it is the first wave that was never restarted',
    before: 'uuu',
    facts: { isSecond: true },
    at: 10,
    is: 'halt first',
  },
  {
    name: 'gives up where it could not go on in time',
    before: 'ccc',
    facts: { notAfter: DUE + 8 * MINUTE },
    at: 3,
    is: 'halt first',
  },
  {
    name: 'polls more often for a short patience',
    before: 'ccc',
    facts: { healthTimeoutMs: MINUTE },
    at: 0,
    is: 'wait 0.17',
  },
];

describe('whether a wave begins', () => {
  it.each(ROWS)('$name', ({ before, earlier, facts, at, is }) => {
    const look = { before: wave(before), earlier: earlier === undefined ? undefined : wave(earlier) };
    const verdict = decide(look, { ...FACTS, ...facts }, DUE + at * MINUTE);
    expect(told(verdict)).toBe(is);
  });

  it('goes on as long as any wave is restarted within the patience', () => {
    const restartedAt = DUE + 12 * MINUTE;
    const earlier: Seen[] = [{ instanceId: 'i-1', state: 'back', restartedAt }];
    expect(told(decide({ before: wave('uuu'), earlier }, FACTS, DUE + 26 * MINUTE))).toBe('wait 27');
    expect(told(decide({ before: wave('uuu'), earlier }, FACTS, DUE + 27 * MINUTE))).toBe('halt after');
  });

  it('keeps when it first saw the wave before restarted', () => {
    const look = { before: wave('ccc'), earlier: undefined };
    expect(decide(look, FACTS, DUE + MINUTE)).toMatchObject({ restartedAt: DUE + MINUTE });
    expect(decide(look, { ...FACTS, restartedAt: DUE }, DUE + MINUTE)).toMatchObject({ restartedAt: DUE });
    expect(decide({ ...look, before: wave('uuu') }, FACTS, DUE)).toMatchObject({ restartedAt: undefined });
  });

  it('names every instance that is not back', () => {
    const verdict = decide({ before: wave('bcx'), earlier: wave('ub') }, FACTS, DUE + 10 * MINUTE);
    const named = verdict.kind === 'halt' ? verdict.notBack.map(({ instanceId }) => instanceId) : [];
    expect(named).toEqual(['i-c1', 'i-x2', 'i-u0']);
  });
});

function told(verdict: ReturnType<typeof decide>): string {
  if (verdict.kind === 'wait') return `wait ${Math.round(((verdict.until - DUE) / MINUTE) * 100) / 100}`;
  if (verdict.kind === 'halt') return `halt ${verdict.isFirstToHalt ? 'first' : 'after'}`;
  return verdict.kind;
}
