import type { Instance } from '../../../shared/ecs/ecs.ts';
import type { Outcome } from '../outcome.ts';
import type { EarlierRun, Owed } from './owed.ts';
import type { Restart, Slot } from './waves.ts';

/** ECS gives the start of an instance to the minute. */
const MINUTE_MS = 60_000;
/** A message is valid for little longer than a day: for what is known not to have restarted it says now. */
const RECENT_MS = 3_600_000;

/** The restarts that are owed, each in its slot: of what this run has detached, and of what an earlier one has. */
export function restartsOf(
  { slots, detachedBefore }: Owed,
  outcomes: readonly Outcome[],
  earlier: EarlierRun | undefined,
): Slot[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.instanceId, outcome]));
  return slots.map((instanceId) => {
    const before = detachedBefore.get(instanceId);
    if (before && earlier) return { instanceId, restart: restartSince(earlier.since, before) };
    const outcome = byId.get(instanceId);
    return { instanceId, restart: outcome?.ok && !outcome.untouched ? { detachedAt: outcome.at } : undefined };
  });
}

/** Of an instance that was detached then; none for one that has started since, or will start with the change. */
function restartSince(since: number, { status, startedAt = 0 }: Instance): Restart | undefined {
  if (status === 'Stopped' || (status === 'Running' && startedAt > since)) return undefined;
  // A start in the minute of the detach may be the restart that was owed: a task that is over has the last word.
  const isIdle = status === 'Running' && startedAt < Math.floor(since / MINUTE_MS) * MINUTE_MS;
  return { detachedAt: Math.max(since, Date.now() - RECENT_MS), before: isIdle ? 'idle' : 'moving' };
}
