import { chunks } from '../../../shared/chunks.ts';
import { DETACH_BATCH } from '../../../shared/ecs/ecs.ts';

/** Distinct ids in their first order. */
export function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** Distinct ids → batches, each as large as one call of ECS may be, in order. */
export function planBatches(instanceIds: readonly string[]): string[][] {
  return chunks(instanceIds, DETACH_BATCH);
}
