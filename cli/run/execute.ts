import { type Job, nextPart } from '../../portal/core/job.ts';
import type { Refusal, Silence } from '../../portal/core/reply.ts';
import { runJob } from '../../portal/core/run-job.ts';
import { recordOf, textOf, type UnknownRecord } from '../../shared/record.ts';
import type { Heard } from '../call/ask.ts';
import { partFields } from './part-fields.ts';
import type { Plan, RunBook } from './run.ts';

export type Executed = {
  readonly jobs: readonly Job[];
  /** Why it stopped before its end. */
  readonly halt?: { readonly reply: Refusal | Silence; readonly body: UnknownRecord | undefined };
};

type Options = {
  readonly ask: (fields: object) => Promise<Heard>;
  readonly onProgress: (jobs: readonly Job[]) => void;
};

/** Sends what has no answer yet, one request after the other; what each answered is kept before the next is sent. */
export async function execute(plan: Plan, book: RunBook, { ask, onProgress }: Options): Promise<Executed> {
  const jobs = Array.from({ length: plan.groups }, (_, index) => loaded(book, index));
  let last: Heard | undefined;
  for (const index of jobs.keys()) {
    const start = followed(jobs, index);
    if (nextPart(start) < 0) continue;
    const store = book.job(index);
    const halt = await runJob(start, {
      ask: async (fields) => {
        last = await ask(partFields(recordOf(fields), plan));
        const token = textOf(recordOf(fields)['ClientToken']);
        if (last.reply.kind === 'answer' && last.body && token !== undefined) book.keepAnswer(token, last.body);
        return last.reply;
      },
      isStopped: () => false,
      keep: (job) => {
        store.save(job);
        jobs[index] = job;
        onProgress(jobs);
      },
    });
    if (halt.kind === 'waits') return { jobs, halt: { reply: halt.for, body: last?.body } };
  }
  const [only] = jobs.length === 1 ? jobs : [];
  const reply = last?.reply;
  // The only request there was, and it failed whole: that is the answer.
  if (only?.parts.length === 1 && reply?.kind === 'refusal') return { jobs, halt: { reply, body: last?.body } };
  return { jobs };
}

/** Waves are planned over the whole run, wherever the instances are. */
function followed(jobs: readonly Job[], index: number): Job {
  const job = jobs[index];
  if (!job) throw new Error(`the run has no part ${index}`);
  const from = Math.max(job.wavesFrom, ...jobs.slice(0, index).map(({ wavesFrom }) => wavesFrom));
  return { ...job, wavesFrom: from };
}

function loaded(book: RunBook, index: number): Job {
  const job = book.job(index).load();
  if (!job) throw new Error('What is kept of this run is not whole: begin a new one, without --token');
  return job;
}
