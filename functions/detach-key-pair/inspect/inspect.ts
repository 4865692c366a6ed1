import pLimit from 'p-limit';
import { chunks } from '../../../shared/chunks.ts';
import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import { type Described, describeById } from '../../../shared/ecs/describe-by-id.ts';
import { DESCRIBE_BATCH, type Ecs } from '../../../shared/ecs/ecs.ts';
import { isRetryable } from '../../../shared/ecs/error-kind.ts';
import type { RetryOptions } from '../../../shared/retry/retry.ts';
import { type Chosen, requireKeyPair } from '../choose-instances.ts';
import { failureOf } from '../failures.ts';
import { type Failure, failed, type Outcome } from '../outcome.ts';
import type { Judge } from './judge.ts';

type Where = { readonly ecs: Ecs; readonly regionId: string; readonly keyPairName: string };

const CONCURRENCY = 4;

/**
 * One outcome an instance, by describing alone: nothing is changed. What cannot be described fails with ECS's code. A
 * name that no key pair of the region has proves nothing about any instance: then it throws, as for a request that ECS refuses.
 */
export async function inspect(
  { instanceIds, described }: Chosen,
  judge: Judge,
  where: Where,
  options: RetryOptions,
): Promise<Outcome[]> {
  const { ecs, keyPairName } = where;
  let isSeen = false;
  const judged = (all: Described) =>
    [...all].map(([id, instance]) => {
      isSeen ||= instance !== 'missing' && instance.keyPairName === keyPairName;
      const outcome = judge(id, instance, ecs.now());
      return instance === 'missing' ? outcome : { ...outcome, shown: instance };
    });
  if (described) return judged(described);
  let refusal: Failure | undefined;
  let isAnyDescribed = false;
  const outcomes = await pLimit(CONCURRENCY).map(chunks(instanceIds, DESCRIBE_BATCH), async (ids) => {
    const denied = refusal;
    if (denied) return ids.map((id) => failed(id, denied));
    try {
      const found = judged(await describeById(ids, { ...where, detailed: true }, options));
      isAnyDescribed = true;
      return found;
    } catch (error) {
      const callError = callErrorOf(error);
      const failure = failureOf(callError);
      if (!isRetryable(callError.kind)) refusal = failure;
      return ids.map((id) => failed(id, failure));
    }
  });
  if (isAnyDescribed && !isSeen) await requireKeyPair(where, options);
  return outcomes.flat();
}
