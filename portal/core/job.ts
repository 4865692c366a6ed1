import { chunks } from '../../shared/chunks.ts';
import { groupedIds } from './grouped.ts';
import type { Answer, Item, Task } from './reply.ts';
import { onlineField, planWaves, type Restarts, rebootField, requestSize } from './restarts.ts';
import { type Target, targetFields } from './target.ts';

/** How an instance's restart, or the removal of its key, was queued: when it is due (ms since the epoch), or why it is not. */
export type Restart =
  | { readonly queued: true; readonly at: number; readonly task?: string | undefined }
  | { readonly queued: false; readonly code: string; readonly message: string };

export type Outcome = Item & { readonly restart?: Restart | undefined; readonly removal?: Restart | undefined };

/** Some instances of the job, sent in one request of the function. */
export type Part = {
  readonly ids: readonly string[];
  /** Where they are, if that is not the job's own target. */
  readonly target?: Target | undefined;
  /** Of a request about several places at once. */
  readonly wide?: Wide;
  /** They were detached by then (ms since the epoch): what an earlier part began is finished. */
  readonly finishes?: number | undefined;
  /** When it was first sent, ms since the epoch, and how long its first wave was to wait. */
  readonly sent?: { readonly at: number; readonly delaySeconds: number; readonly notBefore?: number | undefined };
  readonly done?: {
    /** An instance that started after it has the change: what a verification asks since when. */
    readonly since: number;
    readonly requestId?: string | undefined;
    readonly outcomes: readonly Outcome[];
  };
  /** The person ended the job before its answer. */
  readonly isLeft?: boolean;
};

/** A detach of any number of instances, as far as it has got. Kept over reloads, so that nothing is sent twice. */
export type Job = {
  readonly id: string;
  readonly url: string;
  readonly target: Target;
  readonly restarts: Restarts;
  readonly parts: readonly Part[];
  /** The first part of what is being done now: before it are tries that are over. */
  readonly from: number;
  /** No wave may start before, ms since the epoch. */
  readonly wavesFrom: number;
  /** Tasks that were taken out of the queue. */
  readonly stopped?: readonly string[];
};

/** Instances that go into requests of their own. */
export type Group = {
  readonly ids: readonly string[];
  readonly target?: Target | undefined;
  readonly finishes?: number | undefined;
};

/** A request that finds its instances by itself: its fields, and which of them the dry run has found where. */
export type Wide = { readonly fields: object; readonly groups: readonly (Group & { readonly target: Target })[] };

type Beginning = Omit<Job, 'parts' | 'from' | 'wavesFrom' | 'stopped'> & {
  readonly ids: readonly string[];
  /** Instances of other targets. */
  readonly others?: readonly Group[];
};

export function createJob({ ids, others = [], ...rest }: Beginning): Job {
  return withGroups({ ...rest, parts: [], from: 0, wavesFrom: 0 }, [{ ids }, ...others]);
}

/** A job of one request about several places, whose waves are one sequence: none begins before those of all places are back. */
export function createWideJob(rest: Omit<Beginning, 'ids' | 'others'>, wide: Wide): Job {
  const ids = wide.groups.flatMap((group) => group.ids);
  return { ...rest, parts: [{ ids, wide }], from: 0, wavesFrom: 0 };
}

/** The job with another try for these instances, under tokens of its own. */
export function withMore(job: Job, ids: readonly string[]): Job {
  return withGroups(
    job,
    groupsOf(job, ids, () => undefined),
  );
}

/** The job with what is still to come for these instances: they are detached, and wait for a restart or for Cloud Assistant. */
export function finishing(job: Job, ids: readonly string[]): Job {
  return withGroups(
    job,
    groupsOf(job, ids, (part) => part.finishes ?? part.done?.since),
  );
}

function groupsOf(job: Job, ids: readonly string[], finishes: (part: Part) => number | undefined): Group[] {
  const wanted = new Set(ids);
  const found = new Map<string, Omit<Group, 'ids'>>();
  // The last part that an instance is in knows it best.
  for (const part of job.parts) {
    const targetOf = targetsOf(job, part);
    for (const id of part.ids.filter((one) => wanted.has(one))) {
      found.set(id, { target: targetOf(id), finishes: finishes(part) });
    }
  }
  return groupedIds(found);
}

function withGroups(job: Job, groups: readonly Group[]): Job {
  const more = groups.flatMap(({ ids, target, finishes }) =>
    chunks(ids, requestSize(job.restarts)).map((some) => ({ ids: some, target, finishes })),
  );
  return { ...job, parts: [...job.parts, ...more], from: job.parts.length };
}

/** Where each instance of a part is. */
export function targetsOf(job: Job, part: Part): (id: string) => Target {
  const { target = job.target, wide } = part;
  const places = new Map(wide?.groups.flatMap((group) => group.ids.map((id) => [id, group.target])));
  return (id) => places.get(id) ?? target;
}

/** Every target of the job. */
export function allTargets(job: Job): Target[] {
  return job.parts.flatMap(({ target = job.target, wide }) =>
    wide ? wide.groups.map((group) => group.target) : [target],
  );
}

/** The job with these tasks known to be out of the queue. */
export function withStopped(job: Job, tasks: readonly string[]): Job {
  return { ...job, stopped: [...new Set([...(job.stopped ?? []), ...tasks])] };
}

/** The job ended here: what has no answer is left. */
export function ended(job: Job): Job {
  return { ...job, parts: job.parts.map((part) => (part.done ? part : { ...part, isLeft: true })) };
}

/** The job with what was left taken up again, under the tokens it had. */
export function takenUp(job: Job): Job {
  const from = job.parts.findIndex(({ isLeft }) => isLeft);
  return { ...job, parts: job.parts.map(({ isLeft: _, ...part }) => part), from };
}

/** The part to send next; -1 when there is none. */
export function nextPart({ parts }: Job): number {
  return parts.findIndex(({ done, isLeft }) => !done && !isLeft);
}

/** The job with this part under way; a part that is sent again keeps its first time. */
export function markSent(job: Job, index: number, now: number): Job {
  const { kind, notBefore } = job.restarts;
  const delaySeconds = kind === 'waves' ? Math.max(0, Math.ceil((job.wavesFrom - now) / 1_000)) : 0;
  const from = kind === 'waves' ? job.wavesFrom : 0;
  const sent = { at: now, delaySeconds, notBefore: notBefore && Math.max(notBefore, from) };
  return replaced(job, index, (part) => (part.sent ? part : { ...part, sent }));
}

/** The request of a part that is marked as sent. Its token is its own for ever: sent again, it is the same request. */
export function partRequest(job: Job, index: number) {
  const part = job.parts[index];
  const Reboot = rebootField(job.restarts, part?.sent?.delaySeconds ?? 0, part?.sent?.notBefore);
  const Online = onlineField(job.restarts);
  return {
    ...(part?.wide?.fields ?? { ...targetFields(part?.target ?? job.target), InstanceIds: part?.ids ?? [] }),
    ...(Reboot && { Reboot }),
    ...(Online && { Online }),
    ...(part?.finishes !== undefined && { DetachedSince: new Date(part.finishes).toISOString() }),
    ClientToken: `${job.id}.${index}`,
  };
}

type Answered = Pick<Answer, 'at' | 'items' | 'tasks' | 'removals'> & { readonly requestId?: string | undefined };

/** The job with what the answer says of every instance of this part, even of one that it does not list. */
export function markAnswered(job: Job, index: number, answer: Answered, now: number): Job {
  const sent = job.parts[index]?.sent ?? { at: now, delaySeconds: 0 };
  const restarts = restartsOf(answer.tasks, now);
  const removals = restartsOf(answer.removals ?? [], now);
  const items = new Map(answer.items.map((item) => [item.id, item]));
  // A wave that was known already was queued by the try before, whose end was not seen. Seen by the function's clock: an
  // instance tells its start by a clock like that, and the one in front of this page may be minutes off.
  const isOld = answer.tasks.some(({ status }) => status === 'Duplicate');
  const since = (answer.at ?? now) - (isOld ? now - sent.at : 0);
  const marked = replaced(withFound(job, index, answer.items), index, (part) => ({
    ...part,
    sent,
    done: {
      // What is finished is proven since it was begun: what has restarted since then is done.
      since: part.finishes ?? since,
      requestId: answer.requestId,
      outcomes: part.ids.map((id) => ({
        ...(items.get(id) ?? unlisted(id)),
        restart: restarts.get(id),
        removal: removals.get(id),
      })),
    },
  }));
  return { ...marked, wavesFrom: wavesAfter(job, now, sent, answer) };
}

/** A wide request finds what has got the key since the dry run, too. */
function withFound(job: Job, index: number, items: readonly Item[]): Job {
  return replaced(job, index, (part) => {
    if (!part.wide) return part;
    const known = new Set(part.ids);
    const found = items.filter(({ id }) => !known.has(id));
    const { regionId, keyPairName, roleArn } = job.target;
    const groups = found.map((item) => ({
      target: { regionId, keyPairName, roleArn, ...placeOf(item) },
      ids: [item.id],
    }));
    return {
      ...part,
      ids: [...part.ids, ...found.map(({ id }) => id)],
      wide: { ...part.wide, groups: [...part.wide.groups, ...groups] },
    };
  });
}

function placeOf({ regionId, keyPairName, roleArn = '' }: Item): Partial<Target> {
  return { ...(regionId && { regionId }), ...(keyPairName && { keyPairName }), roleArn };
}

/** The job with one and the same failure for every instance of this part. */
export function markFailed(
  job: Job,
  index: number,
  failure: { code: string; message: string; requestId?: string },
  now: number,
): Job {
  const { code, message, requestId } = failure;
  const items = (job.parts[index]?.ids ?? []).map((id) => ({ id, ok: false, code, message }));
  return markAnswered(job, index, { at: undefined, items, tasks: [], requestId }, now);
}

function replaced(job: Job, index: number, change: (part: Part) => Part): Job {
  return { ...job, parts: job.parts.map((part, k) => (k === index ? change(part) : part)) };
}

function restartsOf(tasks: readonly Task[], now: number): Map<string, Restart> {
  const restarts = new Map<string, Restart>();
  for (const { taskId, ids, delaySeconds, status, code, message } of tasks) {
    const restart: Restart =
      status === 'Failed'
        ? { queued: false, code, message }
        : { queued: true, at: now + delaySeconds * 1_000, task: taskId };
    for (const id of ids) restarts.set(id, restart);
  }
  return restarts;
}

/**
 * Delays count from when a wave is queued, which was before its answer came: as late as the last wave may start, seen
 * from now, the next request's first one starts an interval later.
 */
function wavesAfter(
  { restarts, wavesFrom }: Job,
  now: number,
  { delaySeconds: firstDelay, notBefore = now }: NonNullable<Part['sent']>,
  { tasks, removals = [] }: Answered,
): number {
  if (restarts.kind !== 'waves') return wavesFrom;
  const { intervalSeconds, online } = restarts;
  // A wave that was known already says no delay: it is as planned when it was first queued, which was before now.
  const first = Math.max(firstDelay, Math.ceil((notBefore - now) / 1_000));
  const ends = tasks.map(({ delaySeconds, status }, k) =>
    status === 'Duplicate' ? first + k * intervalSeconds : delaySeconds,
  );
  // What cannot be cleaned online is restarted in waves of which this answer does not know: as many as there may be.
  for (const { delaySeconds, ids } of removals) {
    const last = planWaves([ids.length], restarts).at(-1)?.startsAt ?? 0;
    ends.push(delaySeconds + 2 * (online?.timeoutSeconds ?? 0) + last);
  }
  return ends.length === 0 ? wavesFrom : Math.max(wavesFrom, now + (Math.max(...ends) + intervalSeconds) * 1_000);
}

function unlisted(id: string): Item {
  return { id, ok: false, code: 'NotListed', message: 'The answer says nothing about this instance. Try it again.' };
}
