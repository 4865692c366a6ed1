import type { Item } from './answer.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The whole body, within `maxBytes` of UTF-8 where leaving out items can do it: first those of successful instances,
 * then failed ones from the end. All else stays whole, the counts above all, and the body says that it was cut.
 */
export function truncate(frame: Fields, items: readonly Item[], sections: object, maxBytes: number): Fields {
  const whole = { ...frame, Results: { Result: items }, ...sections };
  if (bytesOf(whole) <= maxBytes) return whole;
  const cut = (kept: readonly Item[]) => ({
    ...frame,
    Results: { Result: kept },
    ...sections,
    ResultsTruncated: 'true',
  });
  let room = maxBytes - bytesOf(cut([]));
  const kept: Item[] = [];
  for (const item of items.filter(({ Success }) => Success === 'false')) {
    room -= bytesOf(item) + (kept.length > 0 ? ','.length : 0);
    if (room < 0) break;
    kept.push(item);
  }
  return cut(kept);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
