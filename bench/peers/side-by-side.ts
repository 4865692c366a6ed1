import pMap from 'p-map';

/** Batches of 50, as many at once as `CONCURRENCY` says. */
export function sideBySide<T>(ids: readonly string[], call: (ids: string[]) => Promise<T>): Promise<T[]> {
  const batches = Array.from({ length: Math.ceil(ids.length / 50) }, (_, k) => ids.slice(k * 50, (k + 1) * 50));
  return pMap(batches, call, { concurrency: Number(process.env['CONCURRENCY'] ?? 1) });
}
