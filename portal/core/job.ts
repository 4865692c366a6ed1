import { chunks } from '../../shared/chunks.ts';
import type { Answer, Item, Task } from './reply.ts';
import { type Restarts, rebootField, requestSize } from './restarts.ts';
import { type Target, targetFields } from './target.ts';

/** How an instance's restart was queued: when it is due (ms since the epoch), or why it is not. */
export type Restart =
  | { readonly queued: true; readonly at: number }
  | { readonly queued: false; readonly code: string; readonly message: string };

export type Outcome = Item & { readonly restart?: Restart };

/** Some instances of the job, sent in one request of the function. */
export type Part = {
  readonly ids: readonly string[];
  /** When it was first sent, ms since the epoch, and how long its first wave was to wait. */
  readonly sent?: { readonly at: number; readonly delaySeconds: number };
  readonly done?: {
    /** An instance that started after it has the change: what a verification asks since when. */
    readonly since: number;
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
};

type Beginning = Omit<Job, 'parts' | 'from' | 'wavesFrom'> & { readonly ids: readonly string[] };

export function createJob({ ids, ...rest }: Beginning): Job {
  return withMore({ ...rest, parts: [], from: 0, wavesFrom: 0 }, ids);
}

/** The job with another try for these instances, under tokens of its own. */
export function withMore(job: Job, ids: readonly string[]): Job {
  const more = chunks(ids, requestSize(job.restarts)).map((some) => ({ ids: some }));
  return { ...job, parts: [...job.parts, ...more], from: job.parts.length };
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
  const delaySeconds = job.restarts.kind === 'waves' ? Math.max(0, Math.ceil((job.wavesFrom - now) / 1_000)) : 0;
  return replaced(job, index, (part) => (part.sent ? part : { ...part, sent: { at: now, delaySeconds } }));
}

/** The request of a part that is marked as sent. Its token is its own for ever: sent again, it is the same request. */
export function partRequest(job: Job, index: number) {
  const part = job.parts[index];
  const Reboot = rebootField(job.restarts, part?.sent?.delaySeconds ?? 0);
  return {
    ...targetFields(job.target),
    InstanceIds: part?.ids ?? [],
    ...(Reboot && { Reboot }),
    ClientToken: `${job.id}.${index}`,
  };
}

type Answered = Pick<Answer, 'at' | 'items' | 'tasks'>;

/** The job with what the answer says of every instance of this part, even of one that it does not list. */
export function markAnswered(job: Job, index: number, answer: Answered, now: number): Job {
  const sent = job.parts[index]?.sent ?? { at: now, delaySeconds: 0 };
  const restarts = restartsOf(answer.tasks, now);
  const items = new Map(answer.items.map((item) => [item.id, item]));
  // A wave that was known already was queued by the try before, whose end was not seen. Seen by the function's clock: an
  // instance tells its start by a clock like that, and the one in front of this page may be minutes off.
  const isOld = answer.tasks.some(({ status }) => status === 'Duplicate');
  const since = (answer.at ?? now) - (isOld ? now - sent.at : 0);
  const marked = replaced(job, index, (part) => ({
    ...part,
    sent,
    done: {
      since,
      outcomes: part.ids.map((id) => {
        const restart = restarts.get(id);
        return { ...(items.get(id) ?? unlisted(id)), ...(restart && { restart }) };
      }),
    },
  }));
  return { ...marked, wavesFrom: wavesAfter(job, answer.tasks, now) };
}

/** The job with one and the same failure for every instance of this part. */
export function markFailed(job: Job, index: number, failure: { code: string; message: string }, now: number): Job {
  const { code, message } = failure;
  const items = (job.parts[index]?.ids ?? []).map((id) => ({ id, ok: false, code, message }));
  return markAnswered(job, index, { at: undefined, items, tasks: [] }, now);
}

function replaced(job: Job, index: number, change: (part: Part) => Part): Job {
  return { ...job, parts: job.parts.map((part, k) => (k === index ? change(part) : part)) };
}

function restartsOf(tasks: readonly Task[], now: number): Map<string, Restart> {
  const restarts = new Map<string, Restart>();
  for (const { ids, delaySeconds, status, code, message } of tasks) {
    const restart: Restart =
      status === 'Failed' ? { queued: false, code, message } : { queued: true, at: now + delaySeconds * 1_000 };
    for (const id of ids) restarts.set(id, restart);
  }
  return restarts;
}

/**
 * Delays count from when a wave is queued, which was before its answer came: as late as the last wave may start, seen
 * from now, the next request's first one starts an interval later.
 */
function wavesAfter({ restarts, wavesFrom }: Job, tasks: readonly Task[], now: number): number {
  if (restarts.kind !== 'waves' || tasks.length === 0) return wavesFrom;
  const last = Math.max(...tasks.map(({ delaySeconds }) => delaySeconds));
  return Math.max(wavesFrom, now + (last + restarts.intervalSeconds) * 1_000);
}

function unlisted(id: string): Item {
  return { id, ok: false, code: 'NotListed', message: 'The answer says nothing of this instance. Try it again.' };
}
