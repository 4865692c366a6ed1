import type { Item } from './schema.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The whole body, within `maxBytes` of UTF-8 where leaving out can do it: first what only helps to recognise an instance,
 * then items of successful instances, then failed ones, each from the end. All else stays whole, the counts above all, and the body says that it was cut.
 */
export function truncate(frame: Fields, items: readonly Item[], sections: object, maxBytes: number): Fields {
  const whole = { ...frame, Results: { Result: items }, ...sections };
  if (bytesOf({ ...frame, ...sections }) + mostBytesOf(items) <= maxBytes || bytesOf(whole) <= maxBytes) return whole;
  if (items.some(({ Status }) => Status !== undefined)) return truncate(frame, items.map(bare), sections, maxBytes);
  const cut = (kept: readonly Item[]) => ({
    ...frame,
    Results: { Result: kept },
    ...sections,
    ResultsTruncated: 'true',
  });
  let room = maxBytes - bytesOf(cut([]));
  const kept = new Set<Item>();
  const keep = (item: Item) => {
    room -= bytesOf(item) + (kept.size > 0 ? ','.length : 0);
    if (room >= 0) kept.add(item);
    return room >= 0;
  };
  const failed = items.filter(({ Success }) => Success === 'false');
  const successful = items.filter(({ Success }) => Success === 'true');
  if (failed.every(keep)) successful.every(keep);
  return cut(items.filter((item) => kept.has(item)));
}

const SHOWN = ['Status', 'InstanceName', 'ZoneId', 'PrivateIp', 'PublicIp', 'Tags'] as const;

/** The item without what only helps to recognise the instance. */
function bare(item: Item): Item {
  const rest = { ...item };
  for (const name of SHOWN) delete rest[name];
  return rest;
}

/** Without writing them: no character takes more than the six bytes of an escape, and the names have their length. */
function mostBytesOf(items: readonly Item[]): number {
  if (items.some(({ Status }) => Status !== undefined)) return Number.POSITIVE_INFINITY;
  return items.reduce(
    (sum, { Code, Message, InstanceId, RegionId = '', KeyPairName = '', RoleArn = '', BoundKeyPairName = '' }) =>
      sum +
      180 +
      6 * (Code.length + Message.length + InstanceId.length + BoundKeyPairName.length) +
      6 * (RegionId.length + KeyPairName.length + RoleArn.length),
    0,
  );
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
