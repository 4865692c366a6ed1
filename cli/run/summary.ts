import { type Job, partRequest } from '../../portal/core/job.ts';
import { type Row, rowsOf } from '../../portal/core/rows.ts';
import type { Target } from '../../portal/core/target.ts';
import { recordOf, type UnknownRecord } from '../../shared/record.ts';
import type { Plan, RunBook } from './run.ts';

export type PlacedRow = Row & { readonly target: Target };

export function placedRows(jobs: readonly Job[]): PlacedRow[] {
  return jobs.flatMap((job) => rowsOf(job).map((row) => ({ ...row, target: job.target })));
}

export type Tally = {
  readonly total: number;
  readonly detached: number;
  /** Handed to another run of the function. */
  readonly continued: number;
  readonly failed: readonly PlacedRow[];
  readonly left: number;
  readonly notRestarting: readonly PlacedRow[];
};

export function tallyOf(rows: readonly PlacedRow[]): Tally {
  const isContinued = ({ state, code }: Row) => state === 'failed' && code === 'Continued';
  return {
    total: rows.length,
    detached: rows.filter(({ state }) => state === 'detached').length,
    continued: rows.filter(isContinued).length,
    failed: rows.filter((row) => row.state === 'failed' && !isContinued(row)),
    left: rows.filter(({ state }) => state === 'not sent' || state === 'unknown').length,
    notRestarting: rows.filter(({ restart }) => restart !== undefined && !restart.queued),
  };
}

/** The answers of all requests of a run as one, in the shape of each: what was not sent failed with its reason. */
export function wholeAnswer(plan: Plan, book: RunBook, jobs: readonly Job[]): UnknownRecord {
  const rows = placedRows(jobs);
  const failCount = rows.filter(({ state }) => state !== 'detached').length;
  const tokens = jobs.flatMap((job) => job.parts.map((_, k) => partRequest(job, k).ClientToken));
  const bodies = tokens.map((token) => book.answer(token)).filter((body) => body !== undefined);
  const isWide = jobs.length > 1;
  return {
    KeyPairName: [...new Set(jobs.map(({ target }) => target.keyPairName))].join(','),
    Token: plan.token,
    TotalCount: String(rows.length),
    FailCount: String(failCount),
    Results: { Result: rows.map((row) => itemOf(row, isWide)) },
    ...sectionOf('Reboot', bodies),
    ...sectionOf('Online', bodies),
    ...(bodies.some((body) => body['Completion'] === 'Failed') && { Completion: 'Failed' }),
    ...(plan.unread.length > 0 && { Places: plan.unread, PlaceFailCount: String(plan.unread.length) }),
  };
}

function itemOf({ id, state, code, message, target }: PlacedRow, isWide: boolean): UnknownRecord {
  const { regionId, keyPairName, roleArn } = target;
  return {
    Code: code,
    Message: message,
    InstanceId: id,
    Success: String(state === 'detached'),
    ...(isWide && { RegionId: regionId, KeyPairName: keyPairName, ...(roleArn !== '' && { RoleArn: roleArn }) }),
  };
}

/** What was queued, by all answers together. */
function sectionOf(name: 'Reboot' | 'Online', bodies: readonly UnknownRecord[]): UnknownRecord {
  const sections = bodies
    .map((body) => body[name])
    .filter((section) => section !== undefined)
    .map(recordOf);
  if (sections.length === 0) return {};
  const sum = (field: string) => String(sections.reduce((total, section) => total + Number(section[field] ?? 0), 0));
  const tasks = sections.flatMap(({ Tasks }) => (Array.isArray(Tasks) ? Tasks : []));
  return { [name]: { TotalCount: sum('TotalCount'), FailCount: sum('FailCount'), Tasks: tasks } };
}
