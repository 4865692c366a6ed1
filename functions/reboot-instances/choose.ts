import type { Described } from '../../shared/ecs/describe-by-id.ts';
import type { Instance } from '../../shared/ecs/ecs.ts';
import { done, failed, type RebootOutcome } from './outcome.ts';

export type SortedOut = {
  readonly outcomes: RebootOutcome[] /** Running, and not restarted since. */;
  readonly toReboot: string[];
};

/** Who still has to be rebooted, and what is to be said of the others. */
export function sortOut(described: Described, detachedAt: number): SortedOut {
  const outcomes: RebootOutcome[] = [];
  const toReboot: string[] = [];
  const allMissing = [...described.values()].every((instance) => instance === 'missing');
  for (const [id, instance] of described) {
    if (instance === 'missing') outcomes.push(allMissing ? failed(id, NONE_FOUND, true) : done(id, 'Skipped.NotFound'));
    else if (hasRestarted(instance, detachedAt)) outcomes.push(done(id, 'Skipped.AlreadyRestarted'));
    else if (instance.status === 'Stopped') outcomes.push(done(id, 'Skipped.Stopped'));
    else if (instance.status === 'Running') toReboot.push(id);
    else outcomes.push(failed(id, between(instance.status), true));
  }
  return { outcomes, toReboot };
}

/**
 * ECS gives an instance's start to the minute. Only a start whose whole minute lies after the detach counts: one in the
 * very minute may have come before it, and then a reboot too many is better than a key that goes on working.
 */
export function hasRestarted({ status, startedAt = 0 }: Instance, detachedAt: number): boolean {
  return status === 'Running' && startedAt > detachedAt;
}

/** All gone at once is less likely than a describing that was not permitted, which used to answer with an empty list. */
const NONE_FOUND = { code: 'InvalidInstanceId.NotFound', message: 'None of the instances is shown by ECS.' };

function between(status: string) {
  return {
    code: 'IncorrectInstanceStatus',
    message: `The instance is ${status}; a later run will see what became of it.`,
  };
}
