import type { Instance } from '../../../shared/ecs/ecs.ts';
import type { Failure } from '../outcome.ts';

/** What there is about an instance that could make ECS refuse a call that names it. */
export type InstanceTrait = 'missing' | 'windows' | 'unbound' | 'ordinary';

/** Rejections of single instances that make a rule, unless one has succeeded. */
const RULE = 3;

/** What the rejections of a request teach: which instances need not be sent, and whether an error concerns them all. */
export type RejectionRules = {
  /** Whether a rejection with this code is about instances of this trait: by the operation's page, or as a rule. */
  explains(code: string, trait: InstanceTrait, describingIsTrusted: boolean): boolean;
  /** Whether an error seems to concern every instance: then one of a batch is sent first. */
  mustProbe(): boolean;
  /** Whether the rejection of a probe stands for the rest of its batch. */
  concernsAll(failure: Failure): boolean;
  /** One instance alone was rejected; its trait where it was described. */
  rejected(code: string, trait: InstanceTrait | undefined): void;
  /** An instance was detached; its trait where it was described. */
  succeeded(trait: InstanceTrait | undefined): void;
  /**
   * Runs `work` after that of the batches before, or once an instance has been detached: while an error may concern all,
   * one batch is taken apart at a time, and what it finds out spares the others the search.
   */
  alone<T>(work: () => Promise<T>): Promise<T>;
};

export function createRejectionRules(): RejectionRules {
  const byTrait = new Map<string, number>();
  const harmless = new Set<InstanceTrait | undefined>(['ordinary']);
  const byCode = new Map<string, number>(); // since an instance last succeeded
  let success = signal();
  let before: Promise<unknown> = Promise.resolve();
  const concernsAll = ({ code }: Failure) => (byCode.get(code) ?? 0) >= RULE;
  return {
    explains(code, trait, describingIsTrusted) {
      if (harmless.has(trait)) return false;
      if (trait === 'missing' && describingIsTrusted && /^InvalidInstanceIds?\./.test(code)) return true;
      if (trait === 'windows' && code === 'DependencyViolation.WindowsInstance') return true;
      return (byTrait.get(`${trait} ${code}`) ?? 0) >= RULE;
    },
    mustProbe: () => [...byCode.values()].some((count) => count >= RULE),
    concernsAll,
    rejected(code, trait) {
      if (trait === undefined || trait === 'ordinary') byCode.set(code, (byCode.get(code) ?? 0) + 1);
      else byTrait.set(`${trait} ${code}`, (byTrait.get(`${trait} ${code}`) ?? 0) + 1);
    },
    succeeded(trait) {
      harmless.add(trait);
      byCode.clear();
      success.give();
      success = signal();
    },
    async alone(work) {
      const done = Promise.race([before, success.given]).then(work);
      before = done.catch(() => {});
      return done;
    },
  };
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

export function traitOf(described: Instance | 'missing', keyPairName: string): InstanceTrait {
  if (described === 'missing') return 'missing';
  if (described.windows) return 'windows';
  return described.keyPairName === keyPairName ? 'ordinary' : 'unbound';
}
