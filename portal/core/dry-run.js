import { chunks } from '../../shared/chunks.ts';
import { filterOf, targetFields } from './target.ts';

/** Ids of one request that only looks: a hundred are described with each call of ECS. */
const REQUEST_SIZE = 1000;
/** What a detach would do to each instance. */
export function dryRun(target, choice, asking) {
  const fields = { ...targetFields(target), DryRun: true };
  const requests =
    choice.kind === 'ids'
      ? chunks(choice.ids, REQUEST_SIZE).map((ids) => ({ ...fields, InstanceIds: ids }))
      : [{ ...fields, Filter: filterOf(choice.tags) }];
  return lookThrough(requests, asking);
}
/** Requests that change nothing, one after the other → the items of all of them. */
export async function lookThrough(requests, { ask, onProgress }) {
  const items = [];
  for (const [index, fields] of requests.entries()) {
    onProgress?.(index, requests.length);
    const reply = await ask(fields);
    if (reply.kind !== 'answer') return { kind: 'failed', reply };
    if (reply.isTruncated) return { kind: 'too many' };
    items.push(...reply.items);
  }
  return { kind: 'found', items };
}
