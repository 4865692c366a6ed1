import type { Item } from './answer.ts';

type Frame = Readonly<Record<string, unknown>>;

/**
 * The frame with its items, within `maxBytes` of UTF-8 where leaving out items can do it: first those of successful
 * instances, then failed ones from the end. The counts in the frame stay whole, and the answer says that it was cut.
 */
export function truncate(frame: Frame, items: readonly Item[], maxBytes: number): Frame {
  const whole = { ...frame, Results: { Result: items } };
  if (bytesOf(whole) <= maxBytes) return whole;
  const cut = (kept: readonly Item[]) => ({ ...frame, Results: { Result: kept }, ResultsTruncated: 'true' });
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
