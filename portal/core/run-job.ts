import { type Job, markAnswered, markFailed, markSent, nextPart, partRequest } from './job.ts';
import type { Refusal, Reply, Silence } from './reply.ts';

/** Why it does not go on. */
export type Halt =
  | { readonly kind: 'finished' | 'stopped' }
  | { readonly kind: 'waits'; readonly for: Refusal | Silence };

export type Running = {
  readonly ask: (fields: object) => Promise<Reply>;
  /** Told of the job whenever it has changed, before anything else happens. */
  readonly keep: (job: Job) => void;
  readonly isStopped: () => boolean;
  readonly now?: () => number;
  readonly pause?: (ms: number) => Promise<void>;
};

/** Before a request is sent again by itself: answers get lost, and a gateway may be busy for a moment. */
const PAUSES_MS = [1_000, 4_000];

/** Sends one part after the other until all are done, the person stops it, or it needs the person. */
export async function runJob(
  start: Job,
  { ask, keep, isStopped, now = Date.now, pause = sleep }: Running,
): Promise<Halt> {
  let job = start;
  const set = (next: Job) => {
    job = next;
    keep(next);
  };
  for (let index = nextPart(job); index >= 0; index = nextPart(job)) {
    if (isStopped()) return { kind: 'stopped' };
    set(markSent(job, index, now()));
    const reply = await persistent(() => ask(partRequest(job, index)), { isStopped, pause });
    if (reply.kind === 'answer') {
      set(markAnswered(job, index, reply, now()));
    } else if (reply.kind === 'refusal' && reply.isOfEachInstance) {
      set(markFailed(job, index, reply, now()));
      // All of a request at once: the person decides whether the next one shall meet the same.
      if (nextPart(job) >= 0) return { kind: 'waits', for: reply };
    } else {
      return { kind: 'waits', for: reply };
    }
  }
  return { kind: 'finished' };
}

async function persistent(
  send: () => Promise<Reply>,
  { isStopped, pause }: Pick<Required<Running>, 'isStopped' | 'pause'>,
): Promise<Reply> {
  let reply = await send();
  for (const ms of PAUSES_MS) {
    if (!isPassing(reply) || isStopped()) return reply;
    await pause(ms);
    reply = await send();
  }
  return reply;
}

function isPassing(reply: Reply): boolean {
  if (reply.kind === 'refusal') return !reply.isOfEachInstance && [429, 502, 503, 504].includes(reply.status);
  return reply.kind === 'silence';
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
