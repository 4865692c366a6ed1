import type { Desired } from './desired.ts';
import type { Existing } from './existing.ts';
import { planPolicy } from './plan-policy.ts';
import { planRole } from './plan-role.ts';

/** One write, in the order in which they are made. `difference`: lines that begin with `+` or `-`. */
export type Change = { readonly reason: string; readonly difference: readonly string[] } & (
  | { readonly kind: 'create queue'; readonly name: string; readonly retentionSeconds: number }
  | { readonly kind: 'create policy'; readonly name: string; readonly document: string; readonly description: string }
  | { readonly kind: 'update policy'; readonly name: string; readonly document: string; readonly description: string }
  | { readonly kind: 'mark policy'; readonly name: string; readonly description: string }
  | { readonly kind: 'create role'; readonly name: string; readonly trust: string; readonly description: string }
  | { readonly kind: 'update role'; readonly name: string; readonly trust: string; readonly description: string }
  | { readonly kind: 'attach policy'; readonly name: string; readonly role: string }
);

/** What setup does not touch, because it did not write it. `blocks`: a deployment does not work like this. */
export type LeftAlone = {
  readonly what: string;
  readonly why: string;
  readonly blocks: boolean;
  readonly difference: readonly string[];
  /** What to do about it: sentences and commands. */
  readonly cures: readonly string[];
};

export type Plan = { readonly changes: readonly Change[]; readonly leftAlone: readonly LeftAlone[] };

/** What has to be done, and what is left alone. Pure: the same states give the same plan. */
export function planSetup(desired: Desired, existing: Existing): Plan {
  const queues: Change[] = existing.queues.has(desired.queue.name)
    ? []
    : [
        {
          kind: 'create queue',
          name: desired.queue.name,
          retentionSeconds: desired.queue.retentionSeconds,
          reason: desired.queue.purpose,
          difference: [`+ messages are kept for ${desired.queue.retentionSeconds / 86_400} days`],
        },
      ];
  const policies = desired.policies.map((policy) => planPolicy(policy, existing.policies.get(policy.name)));
  const usable = new Set(policies.filter(({ isUsable }) => isUsable).map(({ name }) => name));
  const roles = desired.roles.map((role) => planRole(role, existing.roles.get(role.name), usable));
  const parts = [...policies, ...roles];
  return {
    changes: [...queues, ...parts.flatMap(({ changes }) => changes)],
    leftAlone: parts.flatMap(({ leftAlone }) => leftAlone),
  };
}
