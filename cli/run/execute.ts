import type { Job } from '../../portal/core/job.ts';
import type { Refusal, Silence } from '../../portal/core/reply.ts';
import { runJob } from '../../portal/core/run-job.ts';
import { recordOf, textOf, type UnknownRecord } from '../../shared/record.ts';
import type { Heard } from '../call/ask.ts';
import type { Plan, RunBook } from './run.ts';

export type Executed = {
  readonly job: Job;
  /** Why it stopped before its end. */
  readonly halt?: { readonly reply: Refusal | Silence; readonly body: UnknownRecord | undefined };
};

type Options = {
  readonly ask: (fields: object) => Promise<Heard>;
  readonly onProgress: (job: Job) => void;
};

/** Sends what has no answer yet, one request after the other; what each answered is kept before the next is sent. */
export async function execute(start: Job, { extras }: Plan, book: RunBook, options: Options): Promise<Executed> {
  let job = start;
  let last: Heard | undefined;
  const halt = await runJob(start, {
    ask: async (fields) => {
      last = await options.ask({ ...fields, ...extras });
      const token = textOf(recordOf(fields)['ClientToken']);
      if (last.reply.kind === 'answer' && last.body && token !== undefined) book.keepAnswer(token, last.body);
      return last.reply;
    },
    isStopped: () => false,
    keep: (next) => {
      book.keep(next);
      job = next;
      options.onProgress(next);
    },
  });
  if (halt.kind === 'waits') return { job, halt: { reply: halt.for, body: last?.body } };
  const reply = last?.reply;
  // The only request there was, and it failed whole: that is the answer.
  if (job.parts.length === 1 && reply?.kind === 'refusal') return { job, halt: { reply, body: last?.body } };
  return { job };
}
