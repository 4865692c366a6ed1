import { chunks } from '../../shared/chunks.ts';
import { groupedIds } from './grouped.ts';
import type { Group } from './job.ts';
import type { Item, PlaceReport, Refusal, Reply, Silence } from './reply.ts';
import { filterOf, type Scope, scopeFields, type Tag, type Target, targetFields, targetOf } from './target.ts';

/** Which instances it is about: these, or those that have the key pair and these tags. */
export type Choice =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'filter'; readonly tags: readonly Tag[] };

export type Chosen = { readonly scope: Scope; readonly choice: Choice };

export type DryRun =
  | { readonly kind: 'found'; readonly items: readonly Item[]; readonly places: readonly PlaceReport[] }
  | { readonly kind: 'failed'; readonly reply: Refusal | Silence }
  /** There are more than one answer can list. */
  | { readonly kind: 'too many' };

/** The fields of one request about every instance that has it. */
export function filterFields({ scope, choice }: Chosen): object {
  return { ...scopeFields(scope), Filter: filterOf(choice.kind === 'filter' ? choice.tags : []) };
}

type Asking = {
  readonly ask: (fields: object) => Promise<Reply>;
  readonly onProgress?: (done: number, total: number) => void;
};

/** Ids of one request that only looks: a hundred are described with each call of ECS. */
const REQUEST_SIZE = 1_000;

/** What a detach would do to each instance. */
export function dryRun({ scope, choice }: Chosen, asking: Asking): Promise<DryRun> {
  const requests =
    choice.kind === 'ids'
      ? chunks(choice.ids, REQUEST_SIZE).map((ids) => ({ ...scopeFields(scope), DryRun: true, InstanceIds: ids }))
      : [{ ...filterFields({ scope, choice }), DryRun: true }];
  return lookThrough(requests, asking);
}

/** The same of these instances, and where the agent of Cloud Assistant answers: without it, nothing is done online. */
export function askAgents(items: readonly Item[], scope: Scope, asking: Asking): Promise<DryRun> {
  const requests = groupsOfItems(items, scope).flatMap(({ target, ids }) =>
    chunks(ids, REQUEST_SIZE).map((some) => ({
      ...targetFields(target),
      DryRun: true,
      Online: true,
      InstanceIds: some,
    })),
  );
  return lookThrough(requests, asking);
}

/** Requests that change nothing, one after the other → the items of all of them. */
async function lookThrough(requests: readonly object[], { ask, onProgress }: Asking): Promise<DryRun> {
  const items: Item[] = [];
  const places: PlaceReport[] = [];
  for (const [index, fields] of requests.entries()) {
    onProgress?.(index, requests.length);
    const reply = await ask(fields);
    if (reply.kind !== 'answer') return { kind: 'failed', reply };
    if (reply.isTruncated) return { kind: 'too many' };
    items.push(...reply.items);
    places.push(...(reply.places ?? []));
  }
  return { kind: 'found', items, places };
}

/** The instances by where they are, which key pair they have there, and since when they are detached if they are: one group is one request's. */
export function groupsOfItems(
  items: readonly Item[],
  scope: Scope,
  finishes?: ReadonlyMap<string, number>,
): readonly (Group & { readonly target: Target })[] {
  const usual = targetOf(scope) ?? { regionId: '', keyPairName: scope.key.text, roleArn: '' };
  return groupedIds(
    items.map(({ id, regionId = usual.regionId, keyPairName = usual.keyPairName, roleArn = usual.roleArn }) => [
      id,
      { target: { regionId, keyPairName, roleArn }, finishes: finishes?.get(id) },
    ]),
  );
}
