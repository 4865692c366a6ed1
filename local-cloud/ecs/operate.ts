import { ApiError } from '../http/api-error.ts';
import { refusals } from './errors.ts';
import type { ItemsFault } from './items.ts';
import { emptyAnswers, operations } from './operations/all.ts';
import type { Parameters } from './parameters.ts';
import type { EcsState } from './state.ts';

interface Asked {
  action: string;
  accountId: string;
  parameters: Parameters;
  items: ItemsFault | undefined;
}

/** Operations that name no region: they act in the endpoint's. */
const NAMELESS = new Set(['RebootInstance', 'DescribeRegions']);

/** A call that is known to be its caller's: counted, permitted, then done. Returns the answer's fields. */
export function operate({ action, accountId, parameters, items }: Asked, state: EcsState): Record<string, unknown> {
  const operation = operations.get(action);
  if (!operation) throw refusals.unknownAction();
  const regionId = NAMELESS.has(action) ? state.regionId : parameters.required('RegionId');
  takeTurn(accountId, regionId, action, state);
  if (!state.permissions.allows(action)) return withoutPermission(action, state);
  const region = state.fleet.find(accountId, regionId);
  if (!region) throw refusals.region();
  const { permissions, switches, fleet, clock, assistant } = state;
  const { regionIds } = fleet;
  return operation({
    parameters,
    region,
    regionIds,
    permissions,
    switches,
    downtime: fleet.downtime,
    assistant,
    now: clock.now(),
    items,
  });
}

function takeTurn(accountId: string, regionId: string, action: string, { throttles, switches }: EcsState): void {
  const waitMs = throttles.take(accountId, regionId, action);
  if (waitMs === 0) return;
  throw new ApiError(
    switches.throttleStatus,
    switches.throttleCode,
    'Request was denied due to user flow control.',
    switches.retryAfterHint ? { 'x-acs-retry-after': String(waitMs) } : {},
  );
}

function withoutPermission(action: string, { switches }: EcsState): Record<string, unknown> {
  const empty = emptyAnswers.get(action);
  if (!empty || switches.describeWithoutPermission === 'forbidden') throw refusals.forbidden();
  return empty();
}
