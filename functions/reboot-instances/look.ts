import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { describeById } from '../../shared/ecs/describe-by-id.ts';
import { isRetryable } from '../../shared/ecs/error-kind.ts';
import { choose } from './choose.ts';
import { failed, type Reason } from './outcome.ts';
import type { Pending, Step } from './pending.ts';
import type { RebootRun } from './reboot.ts';

/**
 * Describes what has to be seen before it may be sent; the others stay as they are. Throws `CallError` when the time was
 * up before ECS gave a description.
 */
export async function look(pending: readonly Pending[], run: RebootRun): Promise<Step[]> {
  const unseen = pending.filter((one) => one.unseen);
  if (unseen.length === 0) return [...pending];
  try {
    const described = await describeById(
      unseen.map(({ instanceId }) => instanceId),
      run,
      { ...run, attempts: Number.POSITIVE_INFINITY },
    );
    const isNoneThere = [...described.values()].every((instance) => instance === 'missing');
    if (isNoneThere && unseen.length === run.instances) {
      return pending.map(({ instanceId }) => failed(instanceId, NONE_FOUND));
    }
    return pending.map((one) => {
      const instance = described.get(one.instanceId);
      return instance === undefined ? one : choose(one, instance, run.detachedAt);
    });
  } catch (error) {
    const { codeToReport: code, message, kind } = callErrorOf(error);
    if (isRetryable(kind)) throw error;
    return pending.map((one) => failed(one.instanceId, one.called ? UNKNOWN : { code, message }));
  }
}

/** All gone at once is less likely than a describing that was not permitted, which used to answer with an empty list. */
const NONE_FOUND: Reason = {
  code: 'InvalidInstanceId.NotFound',
  message: 'None of the instances is shown by ECS.',
};

const UNKNOWN: Reason = {
  code: 'OutcomeUnknown',
  message: 'ECS gave no readable answer to the reboot, and describing failed: a later run looks first.',
};
