import { describe, expect, it } from 'vitest';
import {
  byPlace,
  followRound,
  NOTHING_SEEN,
  nextOf,
  pauseMs,
  progressOf,
  type Seen,
  toAsk,
} from '../../portal/core/follow.ts';
import type { Proof } from '../../portal/core/proof.ts';
import type { Item, Reply } from '../../portal/core/reply.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');
const MINUTE = 60_000;
const target = { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' };
const watch = { maxErrors: '0', healthTimeoutSeconds: 600, ready: 'Running', batchSize: 2 } as const;

/** Three waves of two, two minutes apart. */
const groups = [0, 1, 2].map((k) => ({
  target,
  since: NOW,
  due: NOW + k * 2 * MINUTE,
  task: `task-${k}`,
  ids: [`i-a${k}0`, `i-a${k}1`],
}));
const plain: Proof = { groups };
const watching: Proof = { groups, watch };

const item = (id: string, code: string, message = ''): Item => ({ id, ok: code === 'Verify.Revoked', code, message });
const answer = (items: readonly Item[]): Reply => ({
  kind: 'answer',
  at: NOW,
  requestId: 'R',
  items,
  isTruncated: false,
  tasks: [],
});

/** What is seen when these are revoked and the others wait. */
function seenWith(
  revoked: readonly string[],
  at: number,
  before: Seen = NOTHING_SEEN,
  proof: Proof = watching,
): Promise<Seen> {
  const all = groups.flatMap(({ ids }) => ids);
  const items = all.map((id) => item(id, revoked.includes(id) ? 'Verify.Revoked' : 'Verify.RebootPending'));
  return followRound(proof, before, { ask: async () => answer(items), now: () => at }).then(({ seen }) => seen);
}

const phases = (proof: Proof, seen: Seen, at: number, stopped: readonly string[] = []) =>
  progressOf(proof, seen, stopped, at).waves.map(({ phase }) => phase);

describe('a rollout', () => {
  it('is nothing known at first, and never over', () => {
    expect(progressOf(plain, NOTHING_SEEN, [], NOW)).toMatchObject({ total: 6, unknown: 6, isOver: false, open: [] });
  });

  it('goes on wave by wave, says what comes, and is over when all is revoked', async () => {
    const seen = await seenWith(['i-a00', 'i-a01'], NOW + 2 * MINUTE);
    expect(phases(plain, seen, NOW + 2 * MINUTE)).toEqual(['done', 'runs', 'waits']);
    expect(progressOf(plain, seen, [], NOW + 2 * MINUTE)).toMatchObject({
      restarted: 2,
      pending: 4,
      stoppable: ['task-1', 'task-2'],
      secondsLeft: 210,
      isOver: false,
    });
    const all = groups.flatMap(({ ids }) => ids);
    const last = progressOf(plain, await seenWith(all, NOW), [], NOW);
    expect(last).toMatchObject({ restarted: 6, isOver: true, open: [], stoppable: [], secondsLeft: undefined });
  });

  it('counts what a read-back has proven, what is gone, what is bound again, and what could not be read', async () => {
    const items = [
      item('i-a00', 'Verify.Revoked', 'a read-back on the instance found the key nowhere'),
      item('i-a01', 'InvalidInstanceId.NotFound'),
      item('i-a10', 'Verify.StillBound'),
      item('i-a11', 'Throttling.User'),
    ];
    const { seen } = await followRound(plain, NOTHING_SEEN, { ask: async () => answer(items) });
    expect(progressOf(plain, seen, [], NOW)).toMatchObject({
      removed: 1,
      missing: 1,
      bound: 1,
      unknown: 3,
      pending: 0,
    });
    expect(seen.refused).toBe(1);
  });

  it('is halted where the wave before is not back in time, and what was not begun can be finished', async () => {
    const seen = await seenWith(['i-a00'], NOW + 12 * MINUTE);
    expect(phases(watching, seen, NOW + 5 * MINUTE)).toEqual(['runs', 'runs', 'runs']);
    expect(phases(watching, seen, NOW + 14 * MINUTE)).toEqual(['runs', 'halted', 'halted']);
    expect(progressOf(watching, seen, [], NOW + 14 * MINUTE)).toMatchObject({
      open: ['i-a10', 'i-a11', 'i-a20', 'i-a21'],
      notBack: ['i-a01'],
      secondsLeft: undefined,
    });
    expect(progressOf(watching, seen, [], NOW + 5 * MINUTE).notBack).toEqual([]);
    const late = progressOf(watching, seen, [], NOW + 40 * MINUTE);
    expect(late.waves[0]?.phase).toBe('late');
    expect(late).toMatchObject({ isOver: true, open: ['i-a01', 'i-a10', 'i-a11', 'i-a20', 'i-a21'] });
  });

  it('is halted in every place of one request, whose waves may be in several, and not by another request', async () => {
    const beijing = { ...target, regionId: 'cn-beijing' };
    const [first, second, third] = groups.map((group) => ({ ...group, request: 0 }));
    if (!first || !second || !third) throw new Error('There are three');
    const elsewhere = { ...first, target: beijing, ids: ['i-b00'] };
    const proof = { groups: [first, elsewhere, { ...second, target: beijing }], watch };
    const seen = await seenWith(['i-a00', 'i-a01'], NOW + 12 * MINUTE, NOTHING_SEEN, proof);
    expect(phases(proof, seen, NOW + 14 * MINUTE)).toEqual(['done', 'runs', 'halted']);
    const tolerant = { ...proof, watch: { ...watch, maxErrors: '1' } };
    const later = await seenWith(['i-a00', 'i-a01'], NOW + 12 * MINUTE, NOTHING_SEEN, tolerant);
    expect(phases(tolerant, later, NOW + 14 * MINUTE)).toEqual(['done', 'runs', 'runs']);
    const other = { groups: [elsewhere, { ...second, request: 1 }], watch };
    expect(phases(other, seen, NOW + 14 * MINUTE)).toEqual(['runs', 'runs']);
  });

  it('is not halted while a slow wave is waited for, nor by as many as may stay down', async () => {
    // The first wave came back at the end of its time: the second one's time counts from then.
    const first = await seenWith(['i-a00', 'i-a01'], NOW + 10 * MINUTE);
    expect(phases(watching, first, NOW + 14 * MINUTE)).toEqual(['done', 'runs', 'runs']);
    expect(phases(watching, first, NOW + 22 * MINUTE)).toEqual(['done', 'runs', 'halted']);
    const tolerant: Proof = { groups, watch: { ...watch, maxErrors: '50%' } };
    expect(phases(tolerant, await seenWith(['i-a00'], NOW, NOTHING_SEEN, tolerant), NOW + 14 * MINUTE)[1]).toBe('runs');
  });

  it('stays halted when what was down comes back after that: its messages are gone', async () => {
    const halted = await seenWith(['i-a00'], NOW + 14 * MINUTE);
    const mended = await seenWith(['i-a00', 'i-a01'], NOW + 15 * MINUTE, halted);
    expect(phases(watching, mended, NOW + 15 * MINUTE)).toEqual(['done', 'halted', 'halted']);
    expect(progressOf(watching, mended, [], NOW + 15 * MINUTE).open).toHaveLength(4);
  });

  it('is late without a watch when its waves should have been over long ago', async () => {
    const seen = await seenWith([], NOW);
    expect(phases(plain, seen, NOW + 16 * MINUTE)).toEqual(['late', 'runs', 'runs']);
  });

  it('stands where its tasks were stopped, and waits for people where none were queued', async () => {
    const seen = await seenWith(['i-a00', 'i-a01'], NOW);
    expect(phases(plain, seen, NOW, ['task-1', 'task-2'])).toEqual(['done', 'stopped', 'stopped']);
    expect(progressOf(plain, seen, ['task-1', 'task-2'], NOW)).toMatchObject({ isOver: true, stoppable: [] });
    const byHand = { groups: [{ target, since: NOW, ids: ['i-a10'] }] };
    expect(phases(byHand, seen, NOW)).toEqual(['by hand']);
    expect(progressOf(byHand, seen, [], NOW).isOver).toBe(false);
  });

  it('says what is to be done next', async () => {
    const next = async (revoked: readonly string[], { proof = plain, minutes = 0 } = {}) =>
      nextOf(progressOf(proof, await seenWith(revoked, NOW), [], NOW + minutes * MINUTE));
    const all = groups.flatMap(({ ids }) => ids);
    expect(await next([])).toBe('wait');
    expect(await next(all)).toBe('nothing');
    expect(await next(['i-a00'], { proof: watching, minutes: 14 })).toBe('finish');
    expect(await next([], { proof: { groups: [{ target, since: NOW, ids: ['i-a10'] }] } })).toBe('restart');
    const bound = answer([...all.slice(1).map((id) => item(id, 'Verify.Revoked')), item('i-a00', 'Verify.StillBound')]);
    const { seen } = await followRound(plain, NOTHING_SEEN, { ask: async () => bound });
    expect(nextOf(progressOf(plain, seen, [], NOW))).toBe('detach');
  });

  it('is told by place', async () => {
    const elsewhere = { ...target, regionId: 'cn-beijing' };
    const proof = { groups: [...groups, { target: elsewhere, since: NOW, ids: ['i-b00'] }] };
    const seen = await seenWith(['i-a00'], NOW);
    expect(byPlace(progressOf(proof, seen, [], NOW)).map(({ total, done }) => [total, done])).toEqual([
      [6, 1],
      [1, 0],
    ]);
  });
});

describe('following', () => {
  it('asks about all at first, then only about what is due and not done', async () => {
    expect(toAsk(plain, NOTHING_SEEN, NOW).flatMap(({ ids }) => ids)).toHaveLength(6);
    const seen = await seenWith(['i-a00'], NOW);
    expect(toAsk(plain, seen, NOW + 2 * MINUTE).flatMap(({ ids }) => ids)).toEqual(['i-a01', 'i-a10', 'i-a11']);
    expect(toAsk(plain, seen, NOW, true).flatMap(({ ids }) => ids)).toHaveLength(6);
  });

  it('keeps what it knew when a round breaks off or cannot read an instance', async () => {
    const seen = await seenWith(['i-a00'], NOW);
    const refusal: Reply = {
      kind: 'refusal',
      status: 429,
      code: 'Throttling.User',
      message: '',
      requestId: '',
      isOfEachInstance: false,
      asksForToken: false,
    };
    const broken = await followRound(plain, seen, { ask: async () => refusal, now: () => NOW + 5 * MINUTE });
    expect(broken.failure).toBe(refusal);
    expect([broken.seen.refused, broken.seen.items.size]).toEqual([1, 6]);
    const unread = answer([item('i-a01', 'Throttling.User')]);
    const again = await followRound(plain, broken.seen, { ask: async () => unread, all: true });
    expect(again.seen.items.get('i-a01')?.code).toBe('Verify.RebootPending');
    expect(again.seen.refused).toBe(2);
  });

  it('asks less often for many, when hidden, when throttled, and when nothing is due', async () => {
    const seen = await seenWith(['i-a00', 'i-a01'], NOW);
    const usual = pauseMs(plain, seen, false, NOW + 2 * MINUTE);
    expect(usual).toBeGreaterThanOrEqual(10_000);
    expect(pauseMs(plain, seen, true, NOW + 2 * MINUTE)).toBe(6 * usual);
    expect(pauseMs(plain, { ...seen, refused: 2 }, false, NOW + 2 * MINUTE)).toBe(4 * usual);
    expect(pauseMs(plain, { ...seen, refused: 99 }, true, NOW + 2 * MINUTE)).toBe(600_000);
    expect(pauseMs(plain, seen, false, NOW + MINUTE)).toBe(60_000);
    expect(pauseMs(plain, seen, false, NOW + 2 * MINUTE - 5_000)).toBe(15_000);
    const many = {
      groups: [{ target, since: NOW, due: NOW, ids: Array.from({ length: 5_000 }, (_, k) => `i-b${k}`) }],
    };
    expect(pauseMs(many, NOTHING_SEEN, false, NOW)).toBe(60_000);
    expect(pauseMs({ groups: [{ target, since: NOW, ids: ['i-a00'] }] }, NOTHING_SEEN, false, NOW)).toBe(60_000);
  });
});
