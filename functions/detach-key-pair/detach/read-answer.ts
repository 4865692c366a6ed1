import type { DetachAnswer, DetachItem } from '../../../shared/ecs/ecs.ts';
import { type ErrorKind, errorKind, isRetryable } from '../../../shared/ecs/error-kind.ts';
import { detached, type Failure, failed, type Outcome } from '../outcome.ts';

export type ReadAnswer = {
  readonly outcomes: readonly Outcome[];
  /** Failed with a code that may pass: the failure, should it never do so. */
  readonly retry: ReadonlyMap<string, Failure>;
  /** The answer does not say what became of these. */
  readonly unsaid: readonly string[];
  readonly kinds: ReadonlySet<ErrorKind>;
};

/**
 * One 200 of ECS, id by id. An id without an item was detached when `FailCount` is accounted for by the items that are
 * there: the operation's page itself shows an answer with two instances and one item. `at`: when it came.
 */
export function readAnswer(ids: readonly string[], answer: DetachAnswer, at: number): ReadAnswer {
  return isPlain(ids, answer)
    ? { ...NOTHING_ELSE, outcomes: ids.map((id) => detached(id, at)) }
    : readItems(ids, answer, at);
}

/** What nearly every answer is: each id in its place, and done. */
function isPlain(ids: readonly string[], { items }: DetachAnswer): boolean {
  return items.length === ids.length && items.every(({ success, instanceId }, k) => success && instanceId === ids[k]);
}

const NOTHING_ELSE = { retry: new Map<string, Failure>(), unsaid: [], kinds: new Set<ErrorKind>() };

function readItems(ids: readonly string[], { failCount, items }: DetachAnswer, at: number): ReadAnswer {
  const sent = new Set(ids);
  const byId = new Map<string, DetachItem | 'contradictory'>();
  for (const item of items.filter(({ instanceId }) => sent.has(instanceId))) {
    const before = byId.get(item.instanceId);
    const agrees = before === undefined || (before !== 'contradictory' && before.success === item.success);
    byId.set(item.instanceId, agrees ? item : 'contradictory');
  }
  const failures = [...byId.values()].filter((item) => item !== 'contradictory' && !item.success).length;
  const accounted = failCount !== undefined && failures >= failCount;

  const outcomes: Outcome[] = [];
  const retry = new Map<string, Failure>();
  const unsaid: string[] = [];
  const kinds = new Set<ErrorKind>();
  for (const id of ids) {
    const item = byId.get(id);
    if (item === undefined && accounted) outcomes.push(detached(id, at));
    else if (item === undefined || item === 'contradictory' || (!item.success && item.code === '')) unsaid.push(id);
    else if (item.success) outcomes.push(detached(id, at));
    else {
      const kind = errorKind(item.code);
      const { code } = item;
      const failure: Failure = { code, message: item.message || code, why: 'rejected', retryable: isRetryable(kind) };
      kinds.add(kind);
      if (failure.retryable) retry.set(id, failure);
      else outcomes.push(failed(id, failure));
    }
  }
  return { outcomes, retry, unsaid, kinds };
}
