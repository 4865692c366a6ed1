import { expect, test } from 'vitest';
import { grouped, groupedIds } from '../../portal/core/grouped.ts';

test('what has an equal key goes together, in the order in which the keys are first met', () => {
  expect(grouped([3, 1, 4, 2], (value) => ({ isEven: value % 2 === 0 }))).toEqual([
    { key: { isEven: false }, values: [3, 1] },
    { key: { isEven: true }, values: [4, 2] },
  ]);
});

test('instances of which the same is known are one group, with all that is known of them', () => {
  const about = (due: number) => ({ due, target: { regionId: 'cn-hangzhou' } });
  const known = new Map([
    ['i-aaa', about(1)],
    ['i-bbb', about(2)],
    ['i-ccc', about(1)],
  ]);
  expect(groupedIds(known)).toEqual([
    { ...about(1), ids: ['i-aaa', 'i-ccc'] },
    { ...about(2), ids: ['i-bbb'] },
  ]);
});
