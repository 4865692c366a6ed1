import pLimit from 'p-limit';
import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import { readEvent } from '../../../shared/fc/event.ts';
import { latestTask } from '../../../shared/fc/latest-task.ts';
import { type Submitted, submit } from '../../../shared/fc/submit.ts';
import { distinctOf, sha256 } from '../../../shared/fc/task-id.ts';
import { MAX_TASK_DELAY_SECONDS, type TaskQueue, type TaskRecord } from '../../../shared/fc/task-queue.ts';
import { textOf } from '../../../shared/record.ts';
import { retrying } from '../../../shared/retry/retry.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import { type Where, whereKey } from '../request/place.ts';
import { jobParts, jobPayload, readJob } from './job.ts';
import type { EarlierRun, Owed } from './owed.ts';
import type { Origin } from './waves.ts';

/**
 * A request's completion: asynchronous runs of the same function that finish it, put into the queue before anything is
 * changed and taken out again when all is handed over. It is also the record by which the same request is recognised.
 */
export type Completion = {
  readonly taskIds: readonly string[];
  /** Why a part of it could not be queued. */
  readonly failure: (Submitted & { readonly status: 'Failed' }) | undefined;
};

export type CompletionOptions = {
  readonly request: DetachRequest;
  readonly origin: Origin;
  readonly queue: TaskQueue;
  /** Of the queueing: the detach does not wait for it for long. */
  readonly deadline: Deadline;
  /** When no run of this invocation can go on any more, ms since the epoch. */
  readonly dueAt: number;
};

const CONCURRENCY = 8;

/** Queues the whole completion; or, where FC knows this request, says what its earlier run did, and queues nothing. */
export async function enqueueCompletion(
  groups: readonly OwedGroup[],
  since: number,
  options: CompletionOptions,
): Promise<Completion | EarlierRun> {
  const parts = await partsOf(groups, since, options);
  const [first, ...others] = parts;
  if (!first) return findEarlier(options);
  let earlier: TaskRecord | undefined;
  const begun = await enqueuePart(first, options, (record) => {
    earlier = record;
    return true;
  });
  if (earlier) return readEarlier(earlier, options);
  return completionOf([begun, ...(await enqueueParts(others, options))]);
}

/** Where nothing is left to be done, the request may have been carried out before: its restarts may still be owed. */
async function findEarlier(options: CompletionOptions): Promise<Completion | EarlierRun> {
  const { request, origin, queue, deadline } = options;
  const taskId = partId(0, request, origin);
  try {
    const latest = await latestTask(taskId, queue, { deadline, timeoutMs: CALL_MS });
    return typeof latest === 'object' ? readEarlier(latest.record, options) : { taskIds: [], failure: undefined };
  } catch (error) {
    const { codeToReport: code, message } = callErrorOf(error);
    return { taskIds: [], failure: { status: 'Failed', taskId, code, message } };
  }
}

/** Queues the completion of a request that FC knows: its earlier run may have taken its own out of the queue. */
export async function enqueueAgain(
  groups: readonly OwedGroup[],
  since: number,
  options: CompletionOptions,
): Promise<Completion> {
  return completionOf(await enqueueParts(await partsOf(groups, since, options), options));
}

/** Takes it out of the queue; what could not be taken out runs, and finds nothing to do. */
export async function withdraw(
  { taskIds }: Completion,
  { queue }: CompletionOptions,
  deadline: Deadline,
): Promise<readonly string[]> {
  const left = await pLimit(CONCURRENCY).map(taskIds, async (taskId) => {
    const stop = retrying((timeoutMs) => queue.stop(taskId, timeoutMs), {
      deadline,
      timeoutMs: CALL_MS,
      attempts: 3,
    });
    return (await stop.catch(notStopped)) ? [] : [taskId];
  });
  return left.flat();
}

const CALL_MS = 5_000;

function notStopped(error: unknown): false {
  callErrorOf(error);
  return false;
}

/** A holding with what is owed to its instances. */
type OwedGroup = { readonly holding: { readonly where: Where }; readonly owed: Owed };

type Part = { readonly number: number; readonly payload: string };

async function partsOf(
  groups: readonly OwedGroup[],
  since: number,
  { request, origin }: CompletionOptions,
): Promise<Part[]> {
  const owed = groups.map(({ holding, owed: { slots } }) => ({ where: holding.where, instanceIds: slots }));
  const parts = jobParts(owed, origin, since, request);
  return parts.map((part, number) => ({
    number,
    payload: jobPayload('Completion', request, part, { since, parts: parts.length }, origin),
  }));
}

function enqueueParts(parts: readonly Part[], options: CompletionOptions): Promise<Submitted[]> {
  return pLimit(CONCURRENCY).map(parts, (part) => enqueuePart(part, options, () => false));
}

function enqueuePart(
  { number, payload }: Part,
  { request, origin, queue, deadline, dueAt }: CompletionOptions,
  isCurrent: (record: TaskRecord) => boolean,
): Promise<Submitted> {
  const seconds = Math.ceil((dueAt - Date.now()) / 1_000);
  return submit(
    () => payload,
    {
      taskId: partId(number, request, origin),
      delaySeconds: Math.min(Math.max(seconds, 0), MAX_TASK_DELAY_SECONDS),
    },
    queue,
    { deadline, isCurrent, trustsUntold: false, distinct: distinctOf(payload) },
  );
}

/** The same request of the same sender has the same id, whichever of its instances are left. */
function partId(number: number, request: DetachRequest, { token, requestId, sender }: Origin): string {
  const { scope, reboot, online, continues, target } = request;
  const identity = token === undefined ? { requestId } : { token };
  const asked = target.kind === 'ids' ? [...target.instanceIds].sort() : target;
  const work = [identity, sender, scope, reboot ?? null, online ?? null, continues, asked, number];
  return `complete-${sha256(JSON.stringify(work))}`;
}

/** More than any request has, for a record that says too much. */
const MOST_PARTS = 10_000;

/** The records hold the instances and the time; those of a large request, or of several places, lie in several parts. */
async function readEarlier(first: TaskRecord, options: CompletionOptions): Promise<EarlierRun> {
  const { request, origin, queue, deadline } = options;
  const begun = jobOf(first);
  const numbers = Array.from({ length: Math.min(begun?.parts ?? 0, MOST_PARTS) }, (_, k) => k).slice(1);
  const others = await pLimit(CONCURRENCY).map(numbers, async (number) => {
    const id = partId(number, request, origin);
    const latest = await latestTask(id, queue, { deadline, timeoutMs: CALL_MS }).catch(unreadable);
    if (latest === 'NotFound') return latest;
    return typeof latest === 'object' ? jobOf(latest.record) : undefined;
  });
  const since = begun?.since ?? first.queuedAt ?? first.startedAt ?? Date.now();
  const had = new Map<string, ReadonlySet<string>>();
  let isWhole = true;
  for (const job of [begun, ...others]) {
    if (job === 'NotFound') {
      isWhole = false;
      continue;
    }
    // Which instances it names is not known: then any may have had the key pair.
    if (!job) return { since, had: undefined, isWhole: false };
    had.set(job.where, new Set([...(had.get(job.where) ?? []), ...job.instanceIds]));
  }
  return { since, had, isWhole };
}

function unreadable(error: unknown): undefined {
  callErrorOf(error);
  return undefined;
}

type EarlierJob = {
  readonly since: number;
  readonly where: string;
  readonly instanceIds: readonly string[];
  readonly parts: number;
};

function jobOf(record: TaskRecord): EarlierJob | undefined {
  const job = record.payload === undefined ? undefined : readJob(readEvent(record.payload));
  const { DetachedSince, InstanceIds, RegionId, KeyPairName, RoleArn } = job?.fields ?? {};
  const since = Date.parse(String(DetachedSince));
  if (!job || Number.isNaN(since) || !Array.isArray(InstanceIds)) return undefined;
  const where = { regionId: String(RegionId), keyPairName: String(KeyPairName), roleArn: textOf(RoleArn) };
  return { since, where: whereKey(where), instanceIds: InstanceIds.map(String), parts: job.parts };
}

function completionOf(submitted: readonly Submitted[]): Completion {
  const isFailed = (one: Submitted): one is Submitted & { readonly status: 'Failed' } => one.status === 'Failed';
  return {
    taskIds: submitted.filter((one) => !isFailed(one)).map(({ taskId }) => taskId),
    failure: submitted.find(isFailed),
  };
}
