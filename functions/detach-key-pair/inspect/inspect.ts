import pMap from 'p-map';
import { chunks } from '../../../shared/chunks.ts';
import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import { type Described, describeById } from '../../../shared/ecs/describe-by-id.ts';
import { DESCRIBE_BATCH, type Ecs, type Instance } from '../../../shared/ecs/ecs.ts';
import { isRetryable } from '../../../shared/ecs/error-kind.ts';
import type { RetryOptions } from '../../../shared/retry/retry.ts';
import type { Chosen } from '../choose-instances.ts';
import { failureOf } from '../detach/failures.ts';
import { type Failure, failed, type Outcome } from '../outcome.ts';

/** What one instance's description says of it. */
export type Judge = (instanceId: string, described: Instance | 'missing') => Outcome;

const CONCURRENCY = 4;

/** One outcome an instance, by describing alone: nothing is changed. What cannot be described fails with ECS's code. */
export async function examine(
  { instanceIds, described }: Chosen,
  judge: Judge,
  where: { ecs: Ecs; regionId: string },
  options: RetryOptions,
): Promise<Outcome[]> {
  const judged = (all: Described) => [...all].map(([id, instance]) => judge(id, instance));
  if (described) return judged(described);
  let refusal: Failure | undefined;
  const outcomes = await pMap(
    chunks(instanceIds, DESCRIBE_BATCH),
    async (ids) => {
      const denied = refusal;
      if (denied) return ids.map((id) => failed(id, denied));
      try {
        return judged(await describeById(ids, where, options));
      } catch (error) {
        const callError = callErrorOf(error);
        const failure = failureOf(callError);
        if (!isRetryable(callError.kind)) refusal = failure;
        return ids.map((id) => failed(id, failure));
      }
    },
    { concurrency: CONCURRENCY },
  );
  return outcomes.flat();
}
