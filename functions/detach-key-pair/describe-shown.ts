import pLimit from 'p-limit';
import { chunks } from '../../shared/chunks.ts';
import { type CallError, callErrorOf } from '../../shared/ecs/call-error.ts';
import { type Described, describeById } from '../../shared/ecs/describe-by-id.ts';
import { DESCRIBE_BATCH, type Ecs, type Instance } from '../../shared/ecs/ecs.ts';
import { isRetryable } from '../../shared/ecs/error-kind.ts';
import type { Log } from '../../shared/log/log.ts';
import type { RetryOptions } from '../../shared/retry/retry.ts';

const CONCURRENCY = 8;

/**
 * The instances as far as ECS shows them in time; of the others nothing is known. Undefined where it shows none at all:
 * ECS used to answer a describing that was not permitted with an empty list.
 */
export async function describeShown(
  instanceIds: readonly string[],
  where: { readonly ecs: Ecs; readonly regionId: string },
  { log, ...options }: RetryOptions & { readonly log: Log },
): Promise<Described | undefined> {
  const shown = new Map<string, Instance | 'missing'>();
  let isRefused = false;
  let last: CallError | undefined;
  const describe = async (ids: readonly string[]) => {
    if (isRefused) return;
    try {
      for (const [id, instance] of await describeById(ids, where, options)) shown.set(id, instance);
    } catch (error) {
      last = callErrorOf(error);
      isRefused ||= !isRetryable(last.kind);
    }
  };
  await pLimit(CONCURRENCY).map(chunks(instanceIds, DESCRIBE_BATCH), describe);
  if (last) {
    const { code, message } = last;
    log.warn('instances not described', { instances: instanceIds.length - shown.size, code, message });
  }
  return [...shown.values()].some((instance) => instance !== 'missing') ? shown : undefined;
}
