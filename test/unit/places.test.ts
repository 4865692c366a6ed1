import { describe, expect, it } from 'vitest';
import type { Holding } from '../../functions/detach-key-pair/holding.ts';
import type { Failure } from '../../functions/detach-key-pair/outcome.ts';
import { checkSameKey } from '../../functions/detach-key-pair/places/check-same-key.ts';
import { createGate } from '../../functions/detach-key-pair/places/gate.ts';
import { refusalOf } from '../../functions/detach-key-pair/places/report.ts';
import type { Searched } from '../../functions/detach-key-pair/places/search.ts';
import { chunksAfter, layOut } from '../../functions/detach-key-pair/request/wave-layout.ts';
import { publicKeyFor } from '../../local-cloud/ecs/key-pairs.ts';
import type { Ecs } from '../../shared/ecs/ecs.ts';

describe('the gate', () => {
  it('lets no more calls through at once than it may, and all of them in the end, in order', async () => {
    const gate = createGate(3);
    let inFlight = 0;
    let most = 0;
    const begun: number[] = [];
    const call = (number: number) => async () => {
      begun.push(number);
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise(setImmediate);
      inFlight -= 1;
      return number;
    };
    const numbers = Array.from({ length: 20 }, (_, k) => k);
    expect(await Promise.all(numbers.map((number) => gate(60_000, call(number))))).toEqual(numbers);
    expect([most, begun]).toEqual([3, numbers]);
  });

  it('gives up a call that would have to wait longer than it may take, and lets the others go on', async () => {
    const gate = createGate(1);
    let finish = () => {};
    const first = gate(60_000, () => new Promise<void>((resolve) => (finish = resolve)));
    await expect(gate(1, async () => 'never made')).rejects.toMatchObject({ code: 'DeadlineExceeded', reached: false });
    const third = gate(60_000, async () => 'made');
    finish();
    expect([await first, await third]).toEqual([undefined, 'made']);
  });

  it('is free again after a call that failed', async () => {
    const gate = createGate(1);
    await expect(gate(60_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate(60_000, async () => 'yes')).toBe('yes');
  });
});

const reboot = { force: false, batchSize: 4, intervalSeconds: 60, delaySeconds: 0 } as const;
type Options = Parameters<typeof layOut>[2];
const options = (more: Partial<Options> = {}): Options => ({
  reboot: { ...reboot, notBefore: undefined, watch: undefined },
  online: undefined,
  ...more,
});

describe('the layout of the waves', () => {
  it.each([
    ['one group begins at the first wave', [10], { firstWave: 0, taken: 0 }, {}, ['0+0']],
    [
      'a group goes on in the wave where the one before it ends',
      [5, 5, 3],
      { firstWave: 0, taken: 0 },
      {},
      ['0+0', '1+1', '2+2'],
    ],
    ['an empty group takes nothing', [0, 4, 0, 1], { firstWave: 0, taken: 0 }, {}, ['0+0', '0+0', '1+0', '1+0']],
    ['a job begins where it is told', [2, 2], { firstWave: 7, taken: 3 }, {}, ['7+3', '8+1']],
    [
      'with Online no two groups share a wave',
      [5, 5],
      { firstWave: 0, taken: 0 },
      { online: { timeoutSeconds: 120, sessions: 'Keep' } },
      ['0+0', '2+0'],
    ],
    ['without restarts there are no waves', [5, 5], { firstWave: 0, taken: 0 }, { reboot: undefined }, ['0+0', '0+0']],
  ] as const)('%s', (_, lengths, start, more, expected) => {
    const starts = layOut(lengths, start, options(more));
    expect(starts.map(({ firstWave, taken }) => `${firstWave}+${taken}`)).toEqual(expected);
  });

  it.each([
    [
      0,
      [
        [1, 2, 3],
        [4, 5],
      ],
    ],
    [
      1,
      [
        [1, 2],
        [3, 4, 5],
      ],
    ],
    [2, [[1], [2, 3, 4], [5]]],
  ])('cuts the first chunk short by the %i slots that are taken', (taken, expected) => {
    expect(chunksAfter([1, 2, 3, 4, 5], 3, taken)).toEqual(expected);
    expect(chunksAfter([], 3, taken)).toEqual([]);
  });
});

const nothing: Ecs = new Proxy({} as never, {});
function held(regionId: string, shownKey: string | undefined, roleArn?: string): Searched {
  const where = { regionId, roleArn, keyPairName: 'ci' };
  const holding: Holding = { where, ecs: nothing, chosen: { instanceIds: [] }, shownKey };
  return { place: where, keyPairNames: ['ci'], holdings: [holding], failure: undefined };
}
const failed = (code: string, status = 403): Searched => {
  const failure: Failure = { code, message: code, why: 'rejected', status, retryable: false };
  return { place: { regionId: 'x', roleArn: undefined }, keyPairNames: [], holdings: [], failure };
};
const searched: Searched = {
  place: { regionId: 'y', roleArn: undefined },
  keyPairNames: [],
  holdings: [],
  failure: undefined,
};
const KEY = publicKeyFor('one');

describe('one name in several places', () => {
  it.each([
    ['one place', [held('a', undefined)]],
    ['the same key with other comments', [held('a', KEY), held('b', `${KEY} of another`)]],
    ['places that could not be read', [held('a', KEY), failed('Forbidden.RAM')]],
  ])('is one key: %s', (_, places) => {
    expect(() => checkSameKey('ci', places)).not.toThrow();
  });

  it.each([
    [
      'another key',
      [held('a', KEY), held('b', publicKeyFor('two'), 'acs:ram::1:role/r')],
      'a and b (acs:ram::1:role/r) hold',
    ],
    ['a key that is not shown', [held('a', KEY), held('b', undefined)], 'b shows no key'],
    ['a key that cannot be read', [held('a', KEY), held('b', 'ssh-rsa AAAA')], 'b shows no key'],
    ['many of them', [held('z', KEY), ...Array.from({ length: 25 }, (_, k) => held(`r${k}`, undefined))], 'and 5 more'],
  ])('may be several: %s', (_, places, words) => {
    expect(() => checkSameKey('ci', places)).toThrow(words);
  });
});

describe('a request that found nothing to work on', () => {
  it.each([
    ['has the error that every place met', [failed('Forbidden.RAM'), failed('Forbidden.RAM')], 'ci', 'Forbidden.RAM'],
    ['has no error of its own where they differ', [failed('Forbidden.RAM'), failed('Throttling')], 'ci', undefined],
    [
      'does not say that a name is nowhere where a place could not be read',
      [searched, failed('Throttling')],
      'ci',
      undefined,
    ],
    ['says that no place has the name', [searched, searched], 'ci', 'InvalidKeyPairName.NotFound'],
    ['is no error for a key that is nowhere', [searched], undefined, undefined],
    ['is no error for a name that is bound to nothing', [held('a', KEY)], 'ci', undefined],
  ])('%s', (_, places, name, code) => {
    expect(refusalOf(places, name)?.code).toBe(code);
  });
});
