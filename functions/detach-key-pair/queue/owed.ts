import type { Described } from '../../../shared/ecs/describe-by-id.ts';
import type { Instance } from '../../../shared/ecs/ecs.ts';
import { type Where, whereKey } from '../request/place.ts';

/** An earlier run of the same request, which this one finishes. */
export type EarlierRun = {
  /** When it began, ms since the epoch. */
  readonly since: number;
  /** The instances that had the key pair then, by `whereKey`; undefined where only the caller knows. */
  readonly had: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** No other instance of the request was seen with the key pair then. */
  readonly isWhole: boolean;
};

/** Whether the instance had the key pair when that run began. */
function hadThen({ had }: EarlierRun, where: Where, instanceId: string): boolean {
  return had === undefined || had.get(whereKey(where))?.has(instanceId) === true;
}

/** What a request has to do with each of its instances. */
export type Owed = {
  readonly toDetach: readonly string[];
  /** Detached by the earlier run: they have the key pair no longer. */
  readonly detachedBefore: ReadonlyMap<string, Instance>;
  /** All but those that never had the key pair, in order: each has its slot in the waves. */
  readonly slots: readonly string[];
};

type Asked = {
  readonly instanceIds: readonly string[];
  readonly where: Where;
  readonly described: Described | undefined;
  readonly earlier: EarlierRun | undefined;
  /** Whether an instance that has this other key pair may be restarted, should the earlier run have detached it. */
  readonly mayRestart: (boundKeyPairName: string | undefined) => boolean;
};

export function owedFor({ instanceIds, where, described, earlier, mayRestart }: Asked): Owed {
  const toDetach: string[] = [];
  const detachedBefore = new Map<string, Instance>();
  const slots: string[] = [];
  for (const id of instanceIds) {
    const instance = described?.get(id);
    const isShown = isInstance(instance);
    // What cannot be seen now may be known from the record of the earlier run.
    const isOff = isShown
      ? instance.keyPairName !== where.keyPairName
      : earlier?.isWhole && !hadThen(earlier, where, id);
    const wasOn = isShown && !instance.windows && earlier && hadThen(earlier, where, id);
    const isDone = isOff && wasOn && mayRestart(instance.keyPairName);
    if (isDone) detachedBefore.set(id, instance);
    else toDetach.push(id);
    if (isDone || !isOff) slots.push(id);
  }
  return { toDetach, detachedBefore, slots };
}

function isInstance(instance: Instance | 'missing' | undefined): instance is Instance {
  return instance !== undefined && instance !== 'missing';
}
