import { INSTANCE_ID } from '../../shared/messages/fields.ts';
import { csvOf } from './csv.ts';
import type { Seen } from './follow.ts';
import { groupedIds } from './grouped.ts';
import type { Job } from './job.ts';
import type { Proof } from './proof.ts';
import { type Row, rowsOf } from './rows.ts';
import { isTarget, type Target } from './target.ts';

const HEADER = [
  'RegionId',
  'RoleArn',
  'KeyPairName',
  'InstanceId',
  'InstanceName',
  'Outcome',
  'Code',
  'Message',
  'DetachRequestId',
  'DetachedBy',
  'RestartDue',
  'RestartTaskId',
  'RestartCode',
  'RestartMessage',
  'RemovalTaskId',
  'VerifyCode',
  'VerifyMessage',
  'VerifyRequestId',
  'VerifiedAt',
  'Function',
  'JobId',
] as const;

type Name = (typeof HEADER)[number];
type Known = { readonly seen: Seen; readonly nameOf: (id: string) => string | undefined };

/** What was done to each instance, by whose word, and what has verified it since: every line proves by itself. Times are UTC. */
export function evidenceOfJob(job: Job, known: Known): string {
  return csv(rowsOf(job).map((row) => ({ ...ofRow(row), ...ofSeen(row.id, known), Function: job.url, JobId: job.id })));
}

/** The same of a verification, whose detach was another page's. */
export function evidenceOfProof({ groups }: Proof, url: string, known: Known): string {
  return csv(
    groups.flatMap(({ target, since, due, ids }) =>
      ids.map((id) => ({
        ...ofTarget(target),
        InstanceId: id,
        DetachedBy: utc(since),
        RestartDue: utc(due),
        ...ofSeen(id, known),
        Function: url,
      })),
    ),
  );
}

function ofRow({ id, state, code, message, target, requestId = '', since, restart, removal }: Row) {
  return {
    ...ofTarget(target),
    InstanceId: id,
    Outcome: state,
    Code: code,
    Message: message,
    DetachRequestId: requestId,
    DetachedBy: state === 'detached' ? utc(since) : '',
    ...(restart?.queued && { RestartDue: utc(restart.at), RestartTaskId: restart.task ?? '' }),
    ...(restart?.queued === false && { RestartCode: restart.code, RestartMessage: restart.message }),
    ...(removal?.queued && { RemovalTaskId: removal.task ?? '' }),
  };
}

function ofTarget({ regionId, roleArn, keyPairName }: Target) {
  return { RegionId: regionId, RoleArn: roleArn, KeyPairName: keyPairName };
}

function ofSeen(id: string, { seen, nameOf }: Known) {
  const item = seen.items.get(id);
  return {
    InstanceName: nameOf(id) ?? '',
    ...(item && {
      VerifyCode: item.code,
      VerifyMessage: item.message,
      VerifyRequestId: item.requestId,
      VerifiedAt: utc(item.seenAt),
    }),
  };
}

function csv(rows: readonly Partial<Record<Name, string>>[]): string {
  return csvOf(
    HEADER,
    rows.map((row) => HEADER.map((name) => row[name] ?? '')),
  );
}

function utc(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}

const ID = new RegExp(INSTANCE_ID.pattern);

/** Such a CSV, pasted, → what was detached; undefined for any other text. */
export function readEvidence(text: string): Proof | undefined {
  const [header = [], ...rows] = readCsv(text.trim().replace(/^\ufeff/, ''));
  const column = (name: Name) => header.indexOf(name);
  if (column('InstanceId') < 0 || column('DetachedBy') < 0 || column('KeyPairName') < 0) return undefined;
  const detached = rows.flatMap((row) => {
    const cell = (name: Name) => row[column(name)] ?? '';
    const since = Date.parse(cell('DetachedBy'));
    const due = Date.parse(cell('RestartDue'));
    const target = { regionId: cell('RegionId'), keyPairName: cell('KeyPairName'), roleArn: cell('RoleArn') };
    const id = cell('InstanceId');
    const isReadable = !Number.isNaN(since) && isTarget(target) && ID.test(id);
    return isReadable ? [[id, { target, since, ...(!Number.isNaN(due) && { due }) }] as const] : [];
  });
  if (detached.length === 0) return undefined;
  return { groups: groupedIds(detached) };
}

function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end = ''] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  return rows;
}
