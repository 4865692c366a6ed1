import { describe, expect, it } from 'vitest';
import { inOrder } from '../../shared/in-order.ts';

const outcome = (instanceId: string, code = '200') => ({ instanceId, code });
const lost = (instanceId: string) => outcome(instanceId, 'lost');

describe('one outcome for each id', () => {
  it.each([
    ['in the order of the ids', ['i-b', 'i-a'], [outcome('i-a'), outcome('i-b')], ['i-b 200', 'i-a 200']],
    ['with a made one for an id that has none', ['i-a', 'i-b'], [outcome('i-b')], ['i-a lost', 'i-b 200']],
    ['the last of several', ['i-a'], [outcome('i-a', 'first'), outcome('i-a', 'last')], ['i-a last']],
    ['none for an id that was not asked about', ['i-a'], [outcome('i-a'), outcome('i-x')], ['i-a 200']],
    ['none for no ids', [], [outcome('i-a')], []],
  ])('%s', (_, ids, outcomes, expected) => {
    expect(inOrder(ids, outcomes, lost).map(({ instanceId, code }) => `${instanceId} ${code}`)).toEqual(expected);
  });
});
