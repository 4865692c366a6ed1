import { chunks } from '../../shared/chunks.ts';
import type { Item, Refusal, Reply, Silence } from './reply.ts';
import { filterOf, type Tag, type Target, targetFields } from './target.ts';

/** Which instances it is about: these, or those that have the key pair and these tags. */
export type Choice =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'filter'; readonly tags: readonly Tag[] };

export type DryRun =
  | { readonly kind: 'found'; readonly items: readonly Item[] }
  | { readonly kind: 'failed'; readonly reply: Refusal | Silence }
  /** There are more than one answer can list. */
  | { readonly kind: 'too many' };

type Asking = {
  readonly ask: (fields: object) => Promise<Reply>;
  readonly onProgress?: (done: number, total: number) => void;
};

/** Ids of one request that only looks: a hundred are described with each call of ECS. */
const REQUEST_SIZE = 1_000;

/** What a detach would do to each instance. */
export function dryRun(target: Target, choice: Choice, asking: Asking): Promise<DryRun> {
  const fields = { ...targetFields(target), DryRun: true };
  const requests =
    choice.kind === 'ids'
      ? chunks(choice.ids, REQUEST_SIZE).map((ids) => ({ ...fields, InstanceIds: ids }))
      : [{ ...fields, Filter: filterOf(choice.tags) }];
  return lookThrough(requests, asking);
}

/** Requests that change nothing, one after the other → the items of all of them. */
export async function lookThrough(requests: readonly object[], { ask, onProgress }: Asking): Promise<DryRun> {
  const items: Item[] = [];
  for (const [index, fields] of requests.entries()) {
    onProgress?.(index, requests.length);
    const reply = await ask(fields);
    if (reply.kind !== 'answer') return { kind: 'failed', reply };
    if (reply.isTruncated) return { kind: 'too many' };
    items.push(...reply.items);
  }
  return { kind: 'found', items };
}
