import type { DesiredRole } from './desired.ts';
import type { ExistingRole } from './existing.ts';
import { marked, originOf } from './mark.ts';
import type { Change, LeftAlone } from './plan.ts';
import { difference, rulesOf } from './policy-document.ts';

type RolePlan = { readonly changes: readonly Change[]; readonly leftAlone: readonly LeftAlone[] };

/** `usable`: the policies that say what they should. Others are attached to nothing: they may allow more. */
export function planRole(
  wanted: DesiredRole,
  existing: ExistingRole | undefined,
  usable: ReadonlySet<string>,
): RolePlan {
  const missing = wanted.policies.filter((policy) => !isAttached(existing, policy));
  const [attachable, unusable] = [
    missing.filter((name) => usable.has(name)),
    missing.filter((name) => !usable.has(name)),
  ];
  if (!existing) {
    return {
      changes: [create(wanted), ...attachable.map((name) => attach(wanted, name))],
      leftAlone: byHand(wanted, unusable),
    };
  }
  const { description, trust } = existing;
  const origin = originOf(description, trust);
  const changed = difference(trust, wanted.trust);
  const extra = extraPolicies(wanted, existing);
  if (origin === 'written') {
    const update = changed.length === 0 ? [] : [updateTrust(wanted, changed)];
    const changes = [...update, ...attachable.map((name) => attach(wanted, name))];
    return { changes, leftAlone: [...byHand(wanted, unusable), ...extra] };
  }
  if (changed.length === 0 && missing.length === 0) return { changes: [], leftAlone: extra };
  return { changes: [], leftAlone: [leftAlone(wanted, existing, { missing, changed }), ...extra] };
}

function isAttached(existing: ExistingRole | undefined, policy: string): boolean {
  return existing?.attached.some(({ type, name }) => type === 'Custom' && name === policy) ?? false;
}

function create({ name, trust, purpose }: DesiredRole): Change {
  const added = rulesOf(trust).map((line) => `+ ${line}`);
  return { kind: 'create role', name, trust, description: marked(purpose, trust), reason: purpose, difference: added };
}

function updateTrust({ name, trust, purpose }: DesiredRole, changed: readonly string[]): Change {
  const reason = `${purpose} docs/policies/trust.json has changed since setup wrote it.`;
  return { kind: 'update role', name, trust, description: marked(purpose, trust), reason, difference: changed };
}

function attach({ name: role }: DesiredRole, name: string): Change {
  return { kind: 'attach policy', name, role, reason: `The role ${role} needs it.`, difference: [] };
}

function byHand({ name: role }: DesiredRole, policies: readonly string[]): LeftAlone[] {
  return policies.map((policy) => ({
    what: `role ${role}`,
    why: `The policy ${policy} is not attached, and setup does not attach what it did not write.`,
    blocks: true,
    difference: [],
    cures: [`Attach it if it is meant for this role.\n${attachCommand(role, policy)}`],
  }));
}

function leftAlone(
  { name, purpose, trust }: DesiredRole,
  existing: ExistingRole,
  { missing, changed }: { missing: readonly string[]; changed: readonly string[] },
): LeftAlone {
  const trusted = rulesOf(existing.trust);
  const isTrusting = rulesOf(trust).every((line) => trusted.includes(line));
  const says = [
    ...(isTrusting ? [] : ['It does not trust fc.aliyuncs.com alone, as docs/policies/trust.json does.']),
    ...(missing.length === 0 ? [] : [`It lacks ${missing.join(' and ')}.`]),
  ];
  const hand = `aliyun ram UpdateRole --RoleName ${name} --NewDescription '${marked(purpose, existing.trust)}'`;
  return {
    what: `role ${name}`,
    why: ['Left as it is: it was not written by setup, or was changed since.', ...says].join(' '),
    blocks: says.length > 0,
    difference: changed,
    cures: [
      ...missing.map((policy) => `Attach the policy by hand.\n${attachCommand(name, policy)}`),
      `Or let setup complete it: run this, then setup again.\n${hand}`,
    ],
  };
}

function extraPolicies({ name: role, policies }: DesiredRole, { attached }: ExistingRole): LeftAlone[] {
  const extra = attached.filter(({ type, name }) => type !== 'Custom' || !policies.includes(name));
  if (extra.length === 0) return [];
  return [
    {
      what: `role ${role}`,
      why: `Also attached: ${extra.map(({ type, name }) => `${name} (${type})`).join(', ')}. Setup leaves them there.`,
      blocks: false,
      difference: [],
      cures: [],
    },
  ];
}

function attachCommand(role: string, policy: string): string {
  return `aliyun ram AttachPolicyToRole --PolicyType Custom --PolicyName ${policy} --RoleName ${role}`;
}
