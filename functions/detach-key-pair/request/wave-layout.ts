import { chunks } from '../../../shared/chunks.ts';
import type { RebootOptions } from './reboot-options.ts';

/** Where slots begin: the number of their first wave, and how many of that wave's slots are taken. */
export type WaveStart = { readonly firstWave: number; readonly taken: number };

/**
 * Groups of slots, one after the other, as the waves of one request: where each begins, by their lengths. With `Online`
 * each message plans the restarts of its own instances, so that no two groups may share a wave.
 */
export function layOut(
  lengths: readonly number[],
  { firstWave, taken }: WaveStart,
  {
    reboot,
    online,
  }: {
    readonly reboot: (Partial<RebootOptions> & Pick<RebootOptions, 'batchSize'>) | undefined;
    readonly online: object | undefined;
  },
): WaveStart[] {
  if (!reboot) return lengths.map(() => ({ firstWave, taken: 0 }));
  const { batchSize } = reboot;
  let next = firstWave * batchSize + taken;
  return lengths.map((length) => {
    const start = online ? Math.ceil(next / batchSize) * batchSize : next;
    next = start + length;
    return { firstWave: Math.floor(start / batchSize), taken: start % batchSize };
  });
}

/** Chunks of `size`, the first of them shorter by what is taken. */
export function chunksAfter<T>(values: readonly T[], size: number, taken: number): T[][] {
  const first = values.slice(0, size - taken);
  return first.length === 0 ? [] : [first, ...chunks(values.slice(size - taken), size)];
}
