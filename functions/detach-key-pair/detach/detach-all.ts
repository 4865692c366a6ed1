import pLimit from 'p-limit';
import { chunks } from '../../../shared/chunks.ts';
import type { Described } from '../../../shared/ecs/describe-by-id.ts';
import { DETACH_BATCH } from '../../../shared/ecs/ecs.ts';
import type { Outcome } from '../outcome.ts';
import { newBatch } from './batch-state.ts';
import { checkName } from './check-name.ts';
import { detachBatch } from './detach-batch.ts';
import type { DetachRun } from './run.ts';

/**
 * Distinct ids → one outcome each, in the order of the ids. Batches start in order, as many at once as calls may be.
 * `described`: what describing has shown before; undefined where it is not permitted, has failed, or is not needed.
 */
export async function detachAll(
  ids: readonly string[],
  run: DetachRun,
  described: Described | undefined,
): Promise<Outcome[]> {
  if (ids.length === 0) return [];
  const detach = async (batch: string[]) => {
    const outcomes = await detachBatch(newBatch(batch, described), run);
    return described ? outcomes.map((outcome) => withBoundName(outcome, described, run)) : outcomes;
  };
  const sent = (await pLimit(run.slot.concurrency).map(chunks(ids, DETACH_BATCH), detach)).flat();
  const outcomes = [...(await checkName(sent, run))];
  if (outcomes.every(({ instanceId }, index) => instanceId === ids[index])) return outcomes;
  const position = new Map(ids.map((id, index) => [id, index]));
  return outcomes.sort((a, b) => Number(position.get(a.instanceId)) - Number(position.get(b.instanceId)));
}

function withBoundName(outcome: Outcome, described: Described, { target }: DetachRun): Outcome {
  const instance = described.get(outcome.instanceId);
  if (!instance || instance === 'missing' || !instance.keyPairName) return outcome;
  return instance.keyPairName === target.keyPairName ? outcome : { ...outcome, boundKeyPairName: instance.keyPairName };
}
