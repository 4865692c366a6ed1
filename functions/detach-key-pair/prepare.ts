import { matchesKeyPair } from '../../shared/config/allow-lists.ts';
import type { Described } from '../../shared/ecs/describe-by-id.ts';
import type { Ecs } from '../../shared/ecs/ecs.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { isAhead } from '../../shared/messages/times.ts';
import type { Chosen } from './choose-instances.ts';
import { describeShown } from './describe-shown.ts';
import type { Invocation } from './invocation.ts';
import { type Completion, type CompletionOptions, enqueueAgain, enqueueCompletion } from './queue/completion.ts';
import { type EarlierRun, type Owed, owedFor } from './queue/owed.ts';
import type { Origin } from './queue/waves.ts';
import type { DetachRequest } from './request/parse-request.ts';
import { invalid } from './request/request-error.ts';

/** What is known, and provided for, before anything is changed. */
export type Prepared = {
  /** In the order of the request, or of the run that this one finishes. */
  readonly instanceIds: readonly string[];
  readonly described: Described | undefined;
  readonly owed: Owed;
  readonly earlier: EarlierRun | undefined;
  /** When this request's work began. */
  readonly since: number;
  /** Undefined where nothing would be owed if this run were cut off. */
  readonly provided: { readonly completion: Completion; readonly options: CompletionOptions } | undefined;
};

/** Describing must leave time for the detach. */
const DESCRIBE_PART = 1 / 3;
/** So must a queue that does not answer. */
const QUEUE_PART = 1 / 6;
const QUEUE_MS = 10_000;
/** A run that is cut off is over by then. */
const OVER_MS = 5_000;

/** Describes the instances, and puts the completion into the queue: from the first detach on, restarts are owed. */
export async function prepare(
  request: DetachRequest,
  chosen: Chosen,
  ecs: Ecs,
  origin: Origin,
  invocation: Invocation,
): Promise<Prepared> {
  const describeBy = deadlineAt(Date.now() + invocation.deadline.left() * DESCRIBE_PART);
  const describe = (ids: readonly string[]) =>
    describeShown(ids, { ecs, regionId: request.regionId }, { ...optionsOf(invocation), deadline: describeBy });
  const isNeeded = request.reboot ?? request.online ?? request.detachedSince;
  const described = chosen.described ?? (isNeeded !== undefined ? await describe(chosen.instanceIds) : undefined);
  const earlier = earlierOf(request, chosen, origin);
  if (request.detachedSince !== undefined && isAhead(request.detachedSince, ecs.now()))
    throw invalid('DetachedSince', 'it is a time that has not come');
  const since = earlier?.since ?? ecs.now();
  const owed = owing(chosen.instanceIds, described, earlier, request, invocation);
  const prepared = { instanceIds: chosen.instanceIds, described, owed, earlier, since, provided: undefined };
  const leavesNothingOwed = !request.reboot && !request.online && !request.continues;
  if (origin.job || leavesNothingOwed || chosen.instanceIds.length === 0) return prepared;

  const options = await completionOptions(request, origin, invocation);
  const completion = await enqueueCompletion(owed, since, options);
  if ('taskIds' in completion)
    return { ...prepared, provided: { completion: reported(completion, invocation), options } };

  // FC knows this request: it goes on where its earlier run was. A Filter no longer finds what that one detached.
  const again = earlier ?? completion;
  const forgotten =
    request.target.kind === 'filter' ? [...(completion.had ?? [])].filter((id) => !described?.has(id)) : [];
  const shown = forgotten.length > 0 ? await describe(forgotten) : undefined;
  const instanceIds = [...forgotten, ...chosen.instanceIds];
  const all = shown ? new Map([...shown, ...(described ?? [])]) : described;
  const stillOwed = owing(instanceIds, all, again, request, invocation);
  const second = reported(await enqueueAgain(stillOwed, again.since, options), invocation);
  return {
    instanceIds,
    described: all,
    owed: stillOwed,
    earlier: again,
    since: again.since,
    provided: { completion: second, options },
  };
}

function owing(
  instanceIds: readonly string[],
  described: Described | undefined,
  earlier: EarlierRun | undefined,
  { keyPairName }: DetachRequest,
  { config }: Invocation,
): Owed {
  const mayRestart = (bound: string | undefined) => bound === undefined || matchesKeyPair(bound, config);
  return owedFor({ instanceIds, keyPairName, described, earlier, mayRestart });
}

function reported(completion: Completion, { log }: Invocation): Completion {
  const { failure } = completion;
  if (failure) log.warn('completion not queued', { code: failure.code, message: failure.message });
  return completion;
}

/** A request that says since when, and a job, finish an earlier run. */
function earlierOf(
  { detachedSince: since }: DetachRequest,
  { instanceIds }: Chosen,
  { job }: Origin,
): EarlierRun | undefined {
  if (since === undefined) return undefined;
  return { since, had: job ? new Set(instanceIds) : undefined };
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

function optionsOf({ config, deadline }: Invocation) {
  return { deadline, timeoutMs: config.ecsTimeoutMs };
}
