import { matchesKeyPair } from '../../shared/config/allow-lists.ts';
import type { Described } from '../../shared/ecs/describe-by-id.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { isAhead } from '../../shared/messages/times.ts';
import { describeShown } from './describe-shown.ts';
import type { Holding } from './holding.ts';
import { callOptions, type Invocation } from './invocation.ts';
import type { Completion, CompletionOptions } from './queue/completion.ts';
import { type EarlierRun, type Owed, owedFor } from './queue/owed.ts';
import type { Origin } from './queue/waves.ts';
import { wrong } from './request/explain.ts';
import type { DetachRequest } from './request/parse-request.ts';
import { whereKey } from './request/place.ts';

/** What is known, and provided for, before anything is changed. */
export type Prepared = {
  /** One for each holding. */
  readonly groups: readonly Group[];
  readonly earlier: EarlierRun | undefined;
  /** When this request's work began. */
  readonly since: number;
  /** Undefined where nothing would be owed if this run were cut off. */
  readonly provided: { readonly completion: Completion; readonly options: CompletionOptions } | undefined;
};

/** A holding with what is known of its instances, and what is owed to them. */
export type Group = {
  readonly holding: Holding;
  /** In the order of the request, or of the run that this one finishes. */
  readonly instanceIds: readonly string[];
  readonly described: Described | undefined;
  readonly owed: Owed;
};

/** Describing must leave time for the detach. */
const DESCRIBE_PART = 1 / 3;
/** So must a queue that does not answer. */
const QUEUE_PART = 1 / 6;
const QUEUE_MS = 10_000;
/** Grace after the function's timeout, before the completion may start. */
const OVER_MS = 5_000;

/** Describes the instances, and puts the completion into the queue: from the first detach on, restarts are owed. */
export async function prepare(
  request: DetachRequest,
  holdings: readonly Holding[],
  origin: Origin,
  invocation: Invocation,
): Promise<Prepared> {
  const describeBy = deadlineAt(Date.now() + invocation.deadline.left() * DESCRIBE_PART);
  const describe = ({ ecs, where }: Holding, ids: readonly string[]) =>
    describeShown(
      ids,
      { ecs, regionId: where.regionId },
      { ...callOptions(invocation), deadline: describeBy, log: invocation.log },
    );
  const isNeeded = (request.reboot ?? request.online ?? request.detachedSince) !== undefined;
  const earlier = earlierOf(request, holdings, origin);
  const groups = await Promise.all(
    holdings.map(async (holding) => {
      const { described, instanceIds } = holding.chosen;
      const shown = described ?? (isNeeded ? await describe(holding, instanceIds) : undefined);
      return groupOf(holding, instanceIds, shown, earlier, invocation);
    }),
  );
  const now = Math.max(Date.now(), ...holdings.map(({ ecs }) => ecs.now()));
  if (request.detachedSince !== undefined && isAhead(request.detachedSince, now))
    throw wrong('DetachedSince', new Date(request.detachedSince).toISOString(), 'is a time that has not come');
  const since = earlier?.since ?? now;
  const prepared = { groups, earlier, since, provided: undefined };
  if (origin.job || !leavesOwed(request)) return prepared;

  const { enqueueAgain, enqueueCompletion } = await import('./follow-up.ts');
  const options = await completionOptions(request, origin, invocation);
  const completion = await enqueueCompletion(groups, since, options);
  if ('taskIds' in completion)
    return { ...prepared, provided: { completion: reported(completion, invocation), options } };

  // FC knows this request: it goes on where its earlier run was. A Filter no longer finds what that one detached.
  const again = earlier ?? completion;
  const all = await Promise.all(
    groups.map(async ({ holding, described }) => {
      const had = request.target.kind === 'filter' ? completion.had?.get(whereKey(holding.where)) : undefined;
      const forgotten = [...(had ?? [])].filter((id) => !described?.has(id));
      const shown = forgotten.length > 0 ? await describe(holding, forgotten) : undefined;
      const known = shown ? new Map([...shown, ...(described ?? [])]) : described;
      return groupOf(holding, [...forgotten, ...holding.chosen.instanceIds], known, again, invocation);
    }),
  );
  const second = reported(await enqueueAgain(all, again.since, options), invocation);
  return { groups: all, earlier: again, since: again.since, provided: { completion: second, options } };
}

/** Whether restarts, removals or another run are owed once an instance is detached. */
export function leavesOwed({ reboot, online, continues }: DetachRequest): boolean {
  return reboot !== undefined || online !== undefined || continues;
}

function groupOf(
  holding: Holding,
  instanceIds: readonly string[],
  described: Described | undefined,
  earlier: EarlierRun | undefined,
  { config }: Invocation,
): Group {
  const mayRestart = (bound: string | undefined) => bound === undefined || matchesKeyPair(bound, config);
  const owed = owedFor({ instanceIds, where: holding.where, described, earlier, mayRestart });
  return { holding, instanceIds, described, owed };
}

function reported(completion: Completion, { log }: Invocation): Completion {
  const { failure } = completion;
  if (failure) log.warn('completion not queued', { code: failure.code, message: failure.message });
  return completion;
}

/** A request that says since when, and a job, finish an earlier run. */
function earlierOf(
  { detachedSince: since }: DetachRequest,
  holdings: readonly Holding[],
  { job }: Origin,
): EarlierRun | undefined {
  if (since === undefined) return undefined;
  const had = holdings.map(({ where, chosen }) => [whereKey(where), new Set(chosen.instanceIds)] as const);
  return { since, had: job ? new Map(had) : undefined, isWhole: false };
}

async function completionOptions(
  request: DetachRequest,
  origin: Origin,
  invocation: Invocation,
): Promise<CompletionOptions> {
  const { config, deadline, services } = invocation;
  return {
    request,
    origin,
    queue: await services.queue('itself'),
    deadline: deadlineAt(Date.now() + Math.min(QUEUE_MS, deadline.left() * QUEUE_PART)),
    dueAt: deadline.at + config.deadlineMarginMs + OVER_MS,
  };
}
