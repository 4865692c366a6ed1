import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import type { Ecs } from '../../../shared/ecs/ecs.ts';
import { deadlineAt } from '../../../shared/fc/deadline.ts';
import { REGION_ID } from '../../../shared/messages/fields.ts';
import { asking, type RetryOptions, retrying } from '../../../shared/retry/retry.ts';
import type { Invocation } from '../invocation.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import type { Place, Wide } from '../request/place.ts';
import { RequestError } from '../request/request-error.ts';
import { checkSameKey } from './check-same-key.ts';
import { createGate, type Gate, gated } from './gate.ts';
import { type Searched, searchPlace } from './search.ts';

/** Looking must leave time for what it finds. */
const LOOK_PART = 1 / 3;

/** Every place of a wide request with what it has, by role, then by region, in the order asked for. */
export async function searchPlaces(
  scope: Wide,
  request: DetachRequest,
  { config, context, deadline, services }: Invocation,
): Promise<readonly Searched[]> {
  const options: RetryOptions = {
    deadline: deadlineAt(Date.now() + deadline.left() * LOOK_PART),
    timeoutMs: config.ecsTimeoutMs,
  };
  const gate = createGate();
  const connect = connecting((place, timeoutMs) => services.ecs(place, timeoutMs), gate, options);
  const own = { regionId: context.region, roleArn: undefined };
  const regionIds = await regionsOf(scope, config.allowedRegions, () => connect(own), options);
  const places = scope.roleArns.flatMap((roleArn) => regionIds.map((regionId) => ({ regionId, roleArn })));
  const tags = request.target.kind === 'filter' ? request.target.tags : [];
  const wanted = { key: scope.key, tags, detailed: request.mode.kind !== 'detach', config };
  const searched = await Promise.all(places.map((place) => searchPlace(place, () => connect(place), wanted, options)));
  if (scope.key.kind === 'name' && !scope.allowsDifferentKeys) checkSameKey(scope.key.keyPairName, searched);
  return searched;
}

/** One connection of each account is made first: the others find its role's credentials there. */
function connecting(
  connect: (place: Place, timeoutMs: number) => Promise<Ecs>,
  gate: Gate,
  options: RetryOptions,
): (place: Place) => Promise<Ecs> {
  const accounts = new Map<string | undefined, Promise<unknown>>();
  return async (place) => {
    const first =
      accounts.get(place.roleArn) ?? retrying((timeoutMs) => gate(timeoutMs, (left) => connect(place, left)), options);
    accounts.set(place.roleArn, first);
    await first;
    return gated(await retrying((timeoutMs) => connect(place, timeoutMs), options), gate);
  };
}

const REGION = new RegExp(REGION_ID.pattern);

async function regionsOf(
  { regionIds }: Wide,
  allowed: readonly string[] | undefined,
  connect: () => Promise<Ecs>,
  options: RetryOptions,
): Promise<readonly string[]> {
  if (regionIds !== '*') return regionIds;
  if (allowed) {
    const ids = [...new Set(allowed)].filter((id) => REGION.test(id));
    if (ids.length === 0) throw new RequestError(403, 'Forbidden.Region', 'ALLOWED_REGIONS names no region.');
    return ids;
  }
  try {
    const ecs = await connect();
    return await asking(ecs.describeRegions, {}, options);
  } catch (error) {
    const { status = 503, codeToReport, message } = callErrorOf(error);
    throw new RequestError(
      status,
      codeToReport,
      `The regions could not be listed (DescribeRegions): ${message}. Nothing was detached. Name the regions in RegionId, or allow ecs:DescribeRegions.`,
    );
  }
}
