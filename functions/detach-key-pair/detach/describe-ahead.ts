import { chunks } from '../../../shared/chunks.ts';
import type { Described } from '../../../shared/ecs/describe-by-id.ts';
import { DESCRIBE_BATCH } from '../../../shared/ecs/ecs.ts';
import type { Describer } from './describe.ts';
import type { Describe } from './detach-all.ts';

/** Calls that are made before a batch asks for their instances. */
const AHEAD = 4;

/**
 * Describes instances side by side with the batches before them: by the time a batch is sent, it is mostly known which of
 * its instances have the key pair, which is no more to be told once it is off.
 */
export function describeAhead(ids: readonly string[], describer: Describer): Describe {
  const groups = chunks(ids, DESCRIBE_BATCH);
  const groupOf = new Map(groups.flatMap((group, k) => group.map((id) => [id, k] as const)));
  const described: (Promise<Described | undefined> | undefined)[] = [];
  const describe = (k: number) => {
    const group = groups[k];
    if (group) described[k] ??= describer.describe(group);
    return described[k];
  };
  return async (batch) => {
    const wanted = [...new Set(batch.map((id) => groupOf.get(id) ?? 0))];
    for (let k = 0; k <= AHEAD; k++) describe(Math.max(...wanted) + k);
    const found = await Promise.all(wanted.map(describe));
    return found.includes(undefined) ? undefined : new Map(found.flatMap((part) => [...(part ?? [])]));
  };
}
