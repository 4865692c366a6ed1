import type { Instance } from '../../shared/ecs/ecs.ts';
import { done } from './outcome.ts';
import type { Pending, Step } from './pending.ts';

/** What an instance's description says: what became of it, or whether it still has to be rebooted. */
export function choose(pending: Pending, instance: Instance | 'missing', detachedAt: number): Step {
  const { instanceId, called } = pending;
  if (instance === 'missing') return done(instanceId, 'Skipped.NotFound');
  if (hasRestarted(instance, detachedAt)) return done(instanceId, called ? 'Rebooted' : 'Skipped.AlreadyRestarted');
  if (instance.status === 'Stopped') return done(instanceId, 'Skipped.Stopped');
  if (instance.status === 'Running') return { ...pending, unseen: false };
  if (called) return done(instanceId, 'Rebooted'); // it is on its way down or up
  return { ...pending, reason: { code: 'IncorrectInstanceStatus', message: `the instance is ${instance.status}` } };
}

/**
 * ECS gives an instance's start to the minute. Only a start whose whole minute lies after the detach counts: one in the
 * very minute may have come before it, and then a reboot too many is better than a key that goes on working.
 */
function hasRestarted({ status, startedAt = 0 }: Instance, detachedAt: number): boolean {
  return status === 'Running' && startedAt > detachedAt;
}
