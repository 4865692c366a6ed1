import { DETACH_BATCH } from '../../shared/ecs.ts';

/** Distinct ids in their first order. */
export function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, k) => items.slice(k * size, (k + 1) * size));
}

/** Distinct ids → batches, each as large as one call of ECS may be, in order. */
export function planBatches(instanceIds: readonly string[]): string[][] {
  return chunks(instanceIds, DETACH_BATCH);
}
