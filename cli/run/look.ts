import type { Refusal, Silence } from '../../portal/core/reply.ts';
import type { Target } from '../../portal/core/target.ts';
import { chunks } from '../../shared/chunks.ts';
import { recordOf, textOf, type UnknownRecord } from '../../shared/record.ts';
import type { Heard } from '../call/ask.ts';
import type { Choice, Scope } from '../request/scope.ts';

/** One instance of a dry run or a verification, as its answer shows it. */
export type Found = {
  readonly id: string;
  readonly ok: boolean;
  readonly code: string;
  readonly message: string;
  readonly record: UnknownRecord;
};

export type Looked =
  | {
      readonly kind: 'found';
      readonly body: UnknownRecord;
      readonly found: readonly Found[];
      readonly unread: readonly UnknownRecord[];
    }
  | { readonly kind: 'failed'; readonly reply: Refusal | Silence; readonly body: UnknownRecord | undefined }
  | { readonly kind: 'too many' };

/** Ids of one request that only looks: a hundred are described with each call of ECS. */
const REQUEST_SIZE = 1_000;

export function lookRequests({ fields }: Scope, choice: Choice, more: object): object[] {
  if (choice.kind === 'all') return [{ ...fields, Filter: choice.filter, ...more }];
  return chunks(choice.ids, REQUEST_SIZE).map((ids) => ({ ...fields, InstanceIds: ids, ...more }));
}

/** Requests that change nothing, one after the other → what all of them show, as one answer. */
export async function look(requests: readonly object[], ask: (fields: object) => Promise<Heard>): Promise<Looked> {
  const bodies: UnknownRecord[] = [];
  for (const fields of requests) {
    const { reply, body } = await ask(fields);
    if (reply.kind !== 'answer') return { kind: 'failed', reply, body };
    if (reply.isTruncated) return { kind: 'too many' };
    bodies.push(body ?? {});
  }
  const items = bodies.flatMap(itemsOf);
  const places = bodies.flatMap(({ Places }) => (Array.isArray(Places) ? Places.map(recordOf) : []));
  const body = {
    ...bodies[0],
    TotalCount: sum(bodies, 'TotalCount'),
    FailCount: sum(bodies, 'FailCount'),
    Results: { Result: items },
  };
  return {
    kind: 'found',
    body,
    found: items.map(foundOf),
    unread: places.filter(({ Code }) => String(Code) !== '200'),
  };
}

/** Where it is, as asked: of a scope that is no wider than one place. */
export function targetOf({ fields }: Scope): Target {
  const asked = (name: string) => textOf(fields[name]) ?? '';
  return { regionId: asked('RegionId'), keyPairName: asked('KeyPairName'), roleArn: asked('RoleArn') };
}

/** The instances by key pair and place. Where the items do not say, it is as asked. */
export function groupsOf(found: readonly Found[], scope: Scope): { target: Target; ids: string[] }[] {
  const asked = targetOf(scope);
  const groups = new Map<string, { target: Target; ids: string[] }>();
  for (const { id, record } of found) {
    const target = {
      regionId: textOf(record['RegionId']) ?? asked.regionId,
      keyPairName: textOf(record['KeyPairName']) ?? asked.keyPairName,
      roleArn: textOf(record['RoleArn']) ?? (scope.isWide ? '' : asked.roleArn),
    };
    const name = JSON.stringify(target);
    const group = groups.get(name) ?? { target, ids: [] };
    group.ids.push(id);
    groups.set(name, group);
  }
  return [...groups.values()];
}

function foundOf(record: UnknownRecord): Found {
  return {
    id: String(record['InstanceId']),
    ok: record['Success'] === 'true',
    code: String(record['Code']),
    message: String(record['Message']),
    record,
  };
}

function itemsOf(body: UnknownRecord): UnknownRecord[] {
  const items = recordOf(body['Results'])['Result'];
  return Array.isArray(items) ? items.map(recordOf) : [];
}

function sum(bodies: readonly UnknownRecord[], field: string): string {
  return String(bodies.reduce((total, body) => total + Number(body[field] ?? 0), 0));
}
