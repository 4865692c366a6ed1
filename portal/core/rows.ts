import { type Job, type Part, type Restart, targetsOf } from './job.ts';
import type { Target } from './target.ts';

export type State = 'detached' | 'failed' | 'unknown' | 'not sent';

/** One instance as a table shows it. */
export type Row = {
  readonly id: string;
  readonly state: State;
  readonly code: string;
  readonly message: string;
  readonly restart?: Restart | undefined;
  readonly removal?: Restart | undefined;
  readonly target: Target;
  /** Of the request that it was sent in, and when that was answered. */
  readonly requestId?: string | undefined;
  readonly since?: number;
};

export type Counts = { readonly [state in State]: number } & { readonly total: number; readonly notRestarting: number };

/** The last thing known of every instance, in the order of the first request. */
export function rowsOf(job: Job): Row[] {
  const rows = new Map<string, Row>();
  for (const part of job.parts) for (const row of rowsOfPart(part, targetsOf(job, part))) rows.set(row.id, row);
  return [...rows.values()];
}

export function countsOf(rows: readonly Row[]): Counts {
  const counts = { detached: 0, failed: 0, unknown: 0, 'not sent': 0, total: rows.length, notRestarting: 0 };
  for (const row of rows) {
    counts[row.state]++;
    if (isNotRestarting(row)) counts.notRestarting++;
  }
  return counts;
}

/** What no other try can change: there is no such instance, or it never had a key pair. */
const HOPELESS = [
  'InvalidInstanceIds.ValueNotSupported',
  'InvalidInstanceId.NotFound',
  'DependencyViolation.WindowsInstance',
];

/** What another try is for: what failed, and what was detached but could not be queued for its restart. */
export function toRetry(rows: readonly Row[]): string[] {
  return rows
    .filter((row) => (row.state === 'failed' && !HOPELESS.includes(row.code)) || isNotRestarting(row))
    .map(({ id }) => id);
}

function isNotRestarting({ restart, removal }: Row): boolean {
  return [restart, removal].some((queued) => queued?.queued === false);
}

function rowsOfPart({ ids, sent, done }: Part, targetOf: (id: string) => Target): readonly Row[] {
  if (done) {
    const { requestId, since } = done;
    return done.outcomes.map(({ id, ok, code, message, restart, removal }) => ({
      id,
      state: ok ? 'detached' : 'failed',
      code,
      message,
      target: targetOf(id),
      since,
      requestId,
      restart,
      removal,
    }));
  }
  const [state, code, message] = sent
    ? (['unknown', 'NoAnswer', 'It was sent, and no answer has come: it may have been detached.'] as const)
    : (['not sent', 'NotSent', 'It was not sent.'] as const);
  return ids.map((id) => ({ id, state, code, message, target: targetOf(id) }));
}
