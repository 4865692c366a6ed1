import pLimit from 'p-limit';
import { inOrder } from '../../shared/in-order.ts';
import { retrying } from '../../shared/retry/retry.ts';
import { type Answer, type Result, summarize } from './answer/answer.ts';
import type { Caller } from './caller.ts';
import { chooseInstances } from './choose-instances.ts';
import { detachHoldings } from './detach-holdings.ts';
import { OUTCOME_UNKNOWN } from './failures.ts';
import type { Done } from './hand-over.ts';
import type { Holding } from './holding.ts';
import { look } from './inspect/look.ts';
import { callOptions, type Invocation } from './invocation.ts';
import { failed, type Outcome, passed } from './outcome.ts';
import { MOST_CALLS } from './places/gate.ts';
import { leavesOwed, prepare } from './prepare.ts';
import type { Origin } from './queue/waves.ts';
import { readPublicKey } from './read-public-key.ts';
import { checkCount, type DetachRequest } from './request/parse-request.ts';
import type { Where, Wide } from './request/place.ts';
import { createRequestLog } from './request-log.ts';
import { wholeFailure } from './whole-failure.ts';

export type AskedBy = {
  readonly caller: Caller;
  readonly origin: Origin;
  /** The host that was called. */
  readonly host: string;
};

/** A checked request → the aggregated answer, by the deadline whatever ECS does; both logged. */
export async function runRequest(
  request: DetachRequest,
  { caller, origin, host }: AskedBy,
  invocation: Invocation,
): Promise<Answer> {
  const { config, context, log } = invocation;
  const requestLog = createRequestLog(request, caller, log);
  const result = await resultOf(request, origin, invocation).catch((error) => wholeFailure(error, request));
  const asked = { requestId: context.requestId, host, maxBytes: config.maxResponseBytes };
  const answer = summarize(request, result, asked);
  requestLog.done(result, answer);
  return answer;
}

/** A request becomes holdings: one key pair in one place each. All of them are worked off together. */
function resultOf(request: DetachRequest, origin: Origin, invocation: Invocation): Promise<Result> {
  const { scope } = request;
  return scope.kind === 'one'
    ? inOnePlace(scope.where, request, origin, invocation)
    : everywhere(scope, request, origin, invocation);
}

async function inOnePlace(
  where: Where,
  request: DetachRequest,
  origin: Origin,
  invocation: Invocation,
): Promise<Result> {
  const { config, services } = invocation;
  const options = callOptions(invocation);
  const ecs = await retrying((timeoutMs) => services.ecs(where, timeoutMs), options);
  const chosen = await chooseInstances(request, where, ecs, config.maxInstances, options);
  const { outcomes, ...done } = await workOff([{ where, ecs, chosen }], request, origin, invocation);
  return { ...done, keyPairName: where.keyPairName, outcomes: outcomes.flat() };
}

async function everywhere(
  scope: Wide,
  request: DetachRequest,
  origin: Origin,
  invocation: Invocation,
): Promise<Result> {
  const { placesSection, refusalOf, searchPlaces } = await import('./places/everywhere.ts');
  const searched = await searchPlaces(scope, request, invocation);
  const holdings = searched.flatMap((place) => place.holdings);
  const done = await workOff(holdings, request, origin, invocation);
  const outcomes = holdings.flatMap(({ where }, k) =>
    (done.outcomes[k] ?? []).map((outcome) => ({ ...outcome, where })),
  );
  const name = scope.key.kind === 'name' ? scope.key.keyPairName : undefined;
  const names = new Set(searched.flatMap(({ keyPairNames }) => keyPairNames));
  return {
    keyPairName: name ?? [...names].join(','),
    outcomes,
    sections: done.sections,
    places: placesSection(searched, outcomes),
    ...(outcomes.length === 0 && { refusal: refusalOf(searched, name) }),
    unfinished: done.unfinished || searched.some(({ failure }) => failure?.retryable),
  };
}

/** Provide for a cut → detach → hand over what is owed; or only look. */
async function workOff(
  holdings: readonly Holding[],
  request: DetachRequest,
  origin: Origin,
  invocation: Invocation,
): Promise<Done> {
  const options = callOptions(invocation);
  checkCount(
    holdings.map(({ chosen }) => chosen.instanceIds.length),
    request,
    invocation.config,
  );
  if (request.mode.kind !== 'detach') {
    return lookAt(holdings, (holding) => look(request, holding, invocation.services, options), request);
  }
  const publicKeys = request.online
    ? await pLimit(MOST_CALLS).map(holdings, (holding) => readPublicKey(holding, options))
    : [];
  const prepared = await prepare(request, holdings, origin, invocation);
  const detached = await detachHoldings(request, prepared, invocation);
  const outcomes = prepared.groups.map((group, k) => {
    const before = [...group.owed.detachedBefore.keys()].map((id) => passed(id, '200', DONE_BEFORE, prepared.since));
    return inOrder(group.instanceIds, [...(detached[k] ?? []), ...before], (id) => failed(id, OUTCOME_UNKNOWN));
  });
  if (!origin.job && !leavesOwed(request)) return { outcomes, sections: {}, unfinished: outcomes.some(isUnfinished) };
  const { handOver } = await import('./follow-up.ts');
  return handOver(outcomes, { request, publicKeys, prepared, origin, invocation });
}

const DONE_BEFORE = 'The key pair was taken off this instance before: this request goes on from there.';

async function lookAt(
  holdings: readonly Holding[],
  look: (holding: Holding) => Promise<Outcome[]>,
  { mode }: DetachRequest,
): Promise<Done> {
  const outcomes = await pLimit(MOST_CALLS).map(holdings, look);
  return {
    outcomes,
    sections: mode.kind === 'verify' ? { Verify: 'true' } : { DryRun: 'true' },
    unfinished: outcomes.some(isUnfinished),
  };
}

/** Whether another run could get further. */
function isUnfinished(outcomes: readonly Outcome[]): boolean {
  return outcomes.some((outcome) => !outcome.ok && outcome.failure.retryable);
}
