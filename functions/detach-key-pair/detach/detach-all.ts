import pMap from 'p-map';
import type { Outcome } from '../outcome.ts';
import { planBatches } from './batches.ts';
import { detachBatch } from './detach-batch.ts';
import type { DetachRun } from './run.ts';

/** Distinct ids → one outcome each, in the order of the ids. Batches start in order, `concurrency` of them at once. */
export async function detachAll(ids: readonly string[], run: DetachRun, concurrency: number): Promise<Outcome[]> {
  const outcomes = (await pMap(planBatches(ids), (batch) => detachBatch(batch, run), { concurrency })).flat();
  if (outcomes.every(({ instanceId }, index) => instanceId === ids[index])) return outcomes;
  const position = new Map(ids.map((id, index) => [id, index]));
  return outcomes.sort((a, b) => Number(position.get(a.instanceId)) - Number(position.get(b.instanceId)));
}
