import { expect, test } from 'vitest';
import { type Earlier, earlierStore } from '../../portal/core/earlier.ts';
import { namesOf, summaryOf } from '../../portal/core/proof.ts';

const target = { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' };
const summary = summaryOf({
  groups: [
    { target, since: 2, ids: ['i-a01', 'i-a02'] },
    { target: { ...target, regionId: 'cn-beijing', roleArn: 'acs:ram::1:role/a' }, since: 1, ids: ['i-a03'] },
  ],
});
const entry = (id: string, count = 1): Earlier => ({ ...summary, id, count });

function memory(room = Number.POSITIVE_INFINITY) {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > room) throw new Error('QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key: string) => void kept.delete(key),
  };
}

test('a proof is summed up by how many, where, and when', () => {
  expect(summary).toEqual({
    count: 3,
    names: ['leaked-key'],
    regions: ['cn-hangzhou', 'cn-beijing'],
    roles: ['acs:ram::1:role/a'],
    from: 1,
    to: 2,
  });
  expect(namesOf([])).toEqual({ names: [], regions: [], roles: [] });
});

test('the last detaches are kept, the latest first, each job once, until they are forgotten', () => {
  const store = earlierStore(memory());
  expect(store.list()).toEqual([]);
  for (let k = 0; k < 25; k++) store.add(entry(`job-${k}`));
  store.add(entry('job-20', 7));
  expect(store.list()).toHaveLength(20);
  expect(store.list()[0]).toEqual(entry('job-20', 7));
  expect(store.list().filter(({ id }) => id === 'job-20')).toHaveLength(1);
  store.clear();
  expect(store.list()).toEqual([]);
});

test('a browser without room keeps what it has', () => {
  const store = earlierStore(memory(200));
  store.add(entry('a'));
  store.add(entry('b'));
  expect(store.list().map(({ id }) => id)).toEqual(['a']);
});

test('what cannot be read is as if nothing were kept, and the next detach is kept again', () => {
  const own = memory();
  const store = earlierStore(own);
  store.add(entry('a'));
  for (const text of ['{"cut', '{}', 'null']) {
    own.setItem('detach-key-pair.earlier.1', text);
    expect(store.list()).toEqual([]);
  }
  store.add(entry('b'));
  expect(store.list().map(({ id }) => id)).toEqual(['b']);
});
