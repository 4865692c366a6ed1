import type { Instance } from '../../../shared/ecs/ecs.ts';

/** What there is about an instance that could make ECS refuse a call that names it. */
export type Trait = 'missing' | 'windows' | 'unbound' | 'ordinary';

/**
 * What the refusals of a request have taught. Three refusals of single instances make a rule, unless one has passed.
 */
export type Suspicion = {
  /** Whether a refusal with this code is about instances of this trait: by the operation's page, or as a rule. */
  explains(code: string, trait: Trait, describingIsTrusted: boolean): boolean;
  /** Whether nothing seems permitted: then one instance is enough to find out for a batch. */
  isDenied(): boolean;
  refusedAlone(code: string, trait: Trait): void;
  deniedAlone(): void;
  /** An instance was detached; its trait where it was described. */
  passed(trait: Trait | undefined): void;
};

const RULE = 3;

export function createSuspicion(): Suspicion {
  const refusals = new Map<string, number>();
  const harmless = new Set<Trait | undefined>(['ordinary']);
  let denials = 0;
  return {
    explains(code, trait, describingIsTrusted) {
      if (harmless.has(trait)) return false;
      if (trait === 'missing' && describingIsTrusted && /^InvalidInstanceIds?\./.test(code)) return true;
      if (trait === 'windows' && code === 'DependencyViolation.WindowsInstance') return true;
      return (refusals.get(`${trait} ${code}`) ?? 0) >= RULE;
    },
    isDenied: () => denials >= RULE,
    refusedAlone(code, trait) {
      const key = `${trait} ${code}`;
      refusals.set(key, (refusals.get(key) ?? 0) + 1);
    },
    deniedAlone() {
      denials += 1;
    },
    passed(trait) {
      harmless.add(trait);
      denials = Number.NEGATIVE_INFINITY;
    },
  };
}

export function traitOf(described: Instance | 'missing', keyPairName: string): Trait {
  if (described === 'missing') return 'missing';
  if (described.windows) return 'windows';
  return described.keyPairName === keyPairName ? 'ordinary' : 'unbound';
}
