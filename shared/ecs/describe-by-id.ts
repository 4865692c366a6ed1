import { chunks } from '../chunks.ts';
import { asking, type RetryOptions } from '../retry/retry.ts';
import { DESCRIBE_BATCH, type Ecs, type Instance } from './ecs.ts';

/** Every id that was asked for: the instance, or `missing`. */
export type Described = ReadonlyMap<string, Instance | 'missing'>;

type Where = { readonly ecs: Ecs; readonly regionId: string; readonly detailed?: boolean };

/** One call for each 100 ids. Throws `CallError` when one of them does not pass. */
export async function describeById(
  ids: readonly string[],
  { ecs, regionId, detailed = false }: Where,
  options: RetryOptions,
): Promise<Described> {
  const found = new Map<string, Instance | 'missing'>(ids.map((id) => [id, 'missing']));
  for (const instanceIds of chunks(ids, DESCRIBE_BATCH)) {
    const { instances } = await asking(ecs.describeInstances, { regionId, instanceIds, detailed }, options);
    for (const instance of instances) if (found.has(instance.instanceId)) found.set(instance.instanceId, instance);
  }
  return found;
}
