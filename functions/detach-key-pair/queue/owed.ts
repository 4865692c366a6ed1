import type { Described } from '../../../shared/ecs/describe-by-id.ts';
import type { Instance } from '../../../shared/ecs/ecs.ts';

/** An earlier run of the same request, which this one finishes. */
export type EarlierRun = {
  /** When it began, ms since the epoch. */
  readonly since: number;
  /** The instances that had the key pair then; undefined where only the caller knows. */
  readonly had: ReadonlySet<string> | undefined;
};

/** What a request has to do with each of its instances. */
export type Owed = {
  readonly toDetach: readonly string[];
  /** Detached by the earlier run: they have the key pair no longer. */
  readonly detachedBefore: ReadonlyMap<string, Instance>;
  /** Instances that have, had, or may have the key pair, in order: each has its place in the waves. */
  readonly places: readonly string[];
  /** To be detached, and bound to fail: missing, or Windows. */
  readonly hopeless: readonly string[];
};

type Asked = {
  readonly instanceIds: readonly string[];
  readonly keyPairName: string;
  readonly described: Described | undefined;
  readonly earlier: EarlierRun | undefined;
  /** Whether an instance that has this other key pair may be restarted, should the earlier run have detached it. */
  readonly mayRestart: (boundKeyPairName: string | undefined) => boolean;
};

export function owedFor({ instanceIds, keyPairName, described, earlier, mayRestart }: Asked): Owed {
  const toDetach: string[] = [];
  const detachedBefore = new Map<string, Instance>();
  const places: string[] = [];
  const hopeless: string[] = [];
  for (const id of instanceIds) {
    const instance = described?.get(id);
    if (instance === 'missing' || instance?.windows) {
      toDetach.push(id);
      hopeless.push(id);
    } else if (instance === undefined || instance.keyPairName === keyPairName) {
      toDetach.push(id);
      places.push(id);
    } else if (earlier && (earlier.had?.has(id) ?? true) && mayRestart(instance.keyPairName)) {
      detachedBefore.set(id, instance);
      places.push(id);
    } else toDetach.push(id); // never had it: nothing will be done to it
  }
  return { toDetach, detachedBefore, places, hopeless };
}
