import { type Job, partRequest } from '../../portal/core/job.ts';
import { type Row, rowsOf } from '../../portal/core/rows.ts';
import { recordOf, type UnknownRecord } from '../../shared/record.ts';
import type { Plan, RunBook } from './run.ts';

export type Tally = {
  readonly total: number;
  readonly detached: number;
  /** Handed to another run of the function. */
  readonly continued: number;
  readonly failed: readonly Row[];
  readonly left: number;
  /** Detached, and what should make that real was not queued. */
  readonly notQueued: readonly Row[];
};

export function tallyOf(job: Job): Tally {
  const rows = rowsOf(job);
  const isContinued = ({ state, code }: Row) => state === 'failed' && code === 'Continued';
  return {
    total: rows.length,
    detached: rows.filter(({ state }) => state === 'detached').length,
    continued: rows.filter(isContinued).length,
    failed: rows.filter((row) => row.state === 'failed' && !isContinued(row)),
    left: rows.filter(({ state }) => state === 'not sent' || state === 'unknown').length,
    notQueued: rows.flatMap((row) => {
      const lost = [row.restart, row.removal].find((task) => task?.queued === false);
      return lost?.queued === false ? [{ ...row, code: lost.code, message: lost.message }] : [];
    }),
  };
}

/** The answers of all requests of a run as one, in the shape of each: what was not sent failed with its reason. */
export function wholeAnswer(job: Job, plan: Plan, book: RunBook): UnknownRecord {
  const rows = rowsOf(job);
  const failCount = rows.filter(({ state }) => state !== 'detached').length;
  const tokens = job.parts.map((_, k) => partRequest(job, k).ClientToken);
  const bodies = tokens.map((token) => book.answer(token)).filter((body) => body !== undefined);
  const isWide = new Set(rows.map(({ target }) => JSON.stringify(target))).size > 1;
  return {
    KeyPairName: [...new Set(rows.map(({ target }) => target.keyPairName))].join(','),
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

function itemOf({ id, state, code, message, target }: Row, isWide: boolean): UnknownRecord {
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
