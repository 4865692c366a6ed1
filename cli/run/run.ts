import { createJob, createWideJob, type Group, type Job } from '../../portal/core/job.ts';
import { jobStore, type Store } from '../../portal/core/job-store.ts';
import type { Restarts } from '../../portal/core/restarts.ts';
import type { Target } from '../../portal/core/target.ts';
import { isRecord, type UnknownRecord } from '../../shared/record.ts';
import { Refused } from '../failure.ts';

/** What a token stands for; the same command finds it again. */
export type Plan = {
  readonly version: 1;
  readonly token: string;
  /** What was asked for, to be compared with what is asked for later. */
  readonly asked: string;
  /** Fields of every request beside those of its part. */
  readonly extras: UnknownRecord;
  /** Places that could not be read, as the dry run's answer shows them. */
  readonly unread: readonly UnknownRecord[];
};

export type Beginning = Omit<Plan, 'version'> & {
  /** Where it is carried out. */
  readonly url: string;
  readonly groups: readonly (Group & { readonly target: Target })[];
  /** Of one request for all groups, which finds them by itself: its fields. */
  readonly wideFields: object | undefined;
  readonly restarts: Restarts;
  /** Before the first wave. */
  readonly delaySeconds: number;
  /** They are detached since then, ms since the epoch. */
  readonly finishes: number | undefined;
};

const PLAN = 'plan';

/** Keeps the plan, the portal's job, and the answers that came, so that an interruption loses none of it. */
export function runBook(store: Store) {
  const jobs = jobStore(store);
  return {
    begin({ url, groups, wideFields, restarts, delaySeconds, finishes, ...plan }: Beginning): { plan: Plan; job: Job } {
      const [first] = groups;
      if (!first) throw new Error('there is nothing to begin');
      const rest = { id: plan.token, url, target: first.target, restarts };
      const job = {
        ...(wideFields
          ? createWideJob(rest, { fields: wideFields, groups })
          : createJob({ ...rest, ids: [], others: groups.map((group) => ({ ...group, finishes })) })),
        wavesFrom: delaySeconds > 0 ? Date.now() + delaySeconds * 1_000 : 0,
      };
      jobs.save(job);
      // Last: with a plan there is a whole job.
      const whole: Plan = { ...plan, version: 1 };
      store.setItem(PLAN, JSON.stringify(whole));
      return { plan: whole, job };
    },
    /** Throws `Refused` for what was kept and cannot be read: a run that began must not begin anew under its token. */
    load(): { plan: Plan; job: Job } | undefined {
      const text = store.getItem(PLAN);
      if (text === null) return undefined;
      try {
        const plan: Plan = JSON.parse(text);
        const job = plan.version === 1 ? jobs.load() : undefined;
        if (job) return { plan, job };
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
      throw new Refused(
        'What is kept of this run cannot be read: give --instances and --since to finish it, without --token',
      );
    },
    keep: jobs.save,
    keepAnswer: (token: string, body: UnknownRecord) => store.setItem(`answer.${hex(token)}`, JSON.stringify(body)),
    answer(token: string): UnknownRecord | undefined {
      const text = store.getItem(`answer.${hex(token)}`);
      const body: unknown = text === null ? undefined : JSON.parse(text);
      return isRecord(body) ? body : undefined;
    },
  };
}

export type RunBook = ReturnType<typeof runBook>;

/** A token may hold what no file name may. */
function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}
