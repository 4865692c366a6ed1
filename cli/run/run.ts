import { createJob, type Job } from '../../portal/core/job.ts';
import { jobStore, type Store } from '../../portal/core/job-store.ts';
import { requestSize } from '../../portal/core/restarts.ts';
import type { Target } from '../../portal/core/target.ts';
import { chunks } from '../../shared/chunks.ts';
import { isRecord, type UnknownRecord } from '../../shared/record.ts';
import type { Rollout } from '../request/restarts.ts';

/** The instances of one key pair in one place. */
export type Group = { readonly target: Target; readonly ids: readonly string[] };

/** What a token stands for; the same command finds it again. */
export type Plan = {
  readonly version: 1;
  readonly token: string;
  /** What was asked for, to be compared with what is asked for later. */
  readonly asked: string;
  readonly rollout: Rollout;
  /** Fields of every request, beside those of its part. */
  readonly extras: UnknownRecord;
  readonly groups: number;
  /** Places that could not be read, as the dry run's answer shows them. */
  readonly unread: readonly UnknownRecord[];
};

/** Waves watch those of their own request alone: such a request holds as many as one message can name. */
const WATCHING_SIZE = 4_000;

const PLAN = 'plan';

/** Keeps the plan, a job for each group, and the answers that came, so that an interruption loses none of it. */
export function runBook(store: Store) {
  const jobs = (index: number) => jobStore(within(store, `${index}.`));
  return {
    begin(plan: Omit<Plan, 'groups' | 'version'>, groups: readonly Group[], url: string): Plan {
      groups.forEach((group, index) => {
        jobs(index).save(jobOf(plan, group, index, url));
      });
      const whole: Plan = { ...plan, version: 1, groups: groups.length };
      store.setItem(PLAN, JSON.stringify(whole));
      return whole;
    },
    plan(): Plan | undefined {
      const text = store.getItem(PLAN);
      const plan: Plan | undefined = text === null ? undefined : JSON.parse(text);
      return plan?.version === 1 ? plan : undefined;
    },
    job: (index: number) => jobs(index),
    keepAnswer: (token: string, body: UnknownRecord) => store.setItem(`answer.${hex(token)}`, JSON.stringify(body)),
    answer(token: string): UnknownRecord | undefined {
      const text = store.getItem(`answer.${hex(token)}`);
      const body: unknown = text === null ? undefined : JSON.parse(text);
      return isRecord(body) ? body : undefined;
    },
  };
}

export type RunBook = ReturnType<typeof runBook>;

function jobOf(
  { token, rollout }: Pick<Plan, 'token' | 'rollout'>,
  { target, ids }: Group,
  index: number,
  url: string,
): Job {
  const { restarts, watch, delaySeconds } = rollout;
  const id = index === 0 ? token : `${token}-${index}`;
  const job = createJob({ id, url, target, restarts, ids: [] });
  const isWatching = restarts.kind === 'waves' && watch['MaxErrors'] !== undefined;
  const size = isWatching ? WATCHING_SIZE - (WATCHING_SIZE % restarts.batchSize) : requestSize(restarts);
  return {
    ...job,
    parts: chunks(ids, size).map((some) => ({ ids: some })),
    wavesFrom: delaySeconds > 0 ? Date.now() + delaySeconds * 1_000 : 0,
  };
}

function within(store: Store, prefix: string): Store {
  return {
    getItem: (key) => store.getItem(prefix + key),
    setItem: (key, value) => store.setItem(prefix + key, value),
    removeItem: (key) => store.removeItem(prefix + key),
  };
}

/** A token may hold what no file name may. */
function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}
