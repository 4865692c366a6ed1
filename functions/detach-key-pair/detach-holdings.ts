import { REMOVAL_BATCH } from '../../shared/messages/fields.ts';
import { detachAll } from './detach/detach-all.ts';
import { createPlaceLimits, createRun, type PlaceLimits } from './detach/run.ts';
import { planTimeBudget } from './detach/time-budget.ts';
import type { Invocation } from './invocation.ts';
import type { Outcome } from './outcome.ts';
import type { Prepared } from './prepare.ts';
import type { DetachRequest } from './request/parse-request.ts';
import { placeKey } from './request/place.ts';

/** The outcomes of each group, side by side. ECS counts calls by account and region: so do our limits. */
export function detachHoldings(
  { continues, reboot, online }: DetachRequest,
  { groups }: Prepared,
  { config, deadline, log }: Invocation,
): Promise<readonly (readonly Outcome[])[]> {
  const perTask = online ? REMOVAL_BATCH : reboot?.batchSize;
  const tasksOf = (instances: number) => (perTask === undefined ? 0 : Math.ceil(instances / perTask));
  const tasks = groups.reduce((sum, { owed }) => sum + tasksOf(owed.slots.length), continues ? 1 : 0);
  const budget = planTimeBudget(deadline, tasks);
  const limitsByPlace = new Map<string, PlaceLimits>();
  return Promise.all(
    groups.map(({ holding: { where, ecs }, owed, described }) => {
      const key = placeKey(where);
      const limits = limitsByPlace.get(key) ?? createPlaceLimits(budget.sendBy, config.detachConcurrency);
      limitsByPlace.set(key, limits);
      const run = createRun({ ecs, target: where, log, limits, ...budget, ecsTimeoutMs: config.ecsTimeoutMs });
      return detachAll(owed.toDetach, run, described);
    }),
  );
}
