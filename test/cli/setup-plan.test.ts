import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { desiredState } from '../../cli/setup/desired.ts';
import type { Existing, ExistingPolicy, ExistingRole } from '../../cli/setup/existing.ts';
import { marked, originOf } from '../../cli/setup/mark.ts';
import { type Change, planSetup } from '../../cli/setup/plan.ts';
import { fingerprint } from '../../cli/setup/policy-document.ts';

const DESIRED = desiredState({ online: true });
const OLDER = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: 'ecs:X', Resource: '*' }] });

/** How a document and its description may have come to be. */
const written = (wanted: string) =>
  fc.constantFrom(
    { document: wanted, description: marked('By setup.', wanted) },
    { document: OLDER, description: marked('By setup.', OLDER) },
    { document: wanted, description: marked('By setup, cut off.', OLDER) },
    { document: OLDER, description: marked('Changed by hand.', wanted) },
    { document: wanted, description: 'by hand' },
    { document: OLDER, description: '' },
    { document: 'unreadable', description: marked('By setup.', wanted) },
    undefined,
  );

const policies = fc.tuple(...DESIRED.policies.map(({ document }) => written(document)));
const roles = fc.tuple(
  ...DESIRED.roles.map((role) => fc.tuple(written(role.trust), fc.subarray([...role.policies, 'another']))),
);

const states = fc.record({ policies, roles, queue: fc.boolean() }).map(
  (found): Existing => ({
    queues: new Set(found.queue ? [DESIRED.queue.name] : []),
    policies: new Map(
      DESIRED.policies.flatMap(({ name }, n): [string, ExistingPolicy][] => {
        const policy = found.policies[n];
        return policy ? [[name, policy]] : [];
      }),
    ),
    roles: new Map(
      DESIRED.roles.flatMap(({ name }, n): [string, ExistingRole][] => {
        const [role, attached = []] = found.roles[n] ?? [];
        if (!role) return [];
        const { document: trust, description } = role;
        return [[name, { trust, description, attached: attached.map((policy) => ({ type: 'Custom', name: policy })) }]];
      }),
    ),
  }),
);

/** The state after the changes, as RAM and the queue service make them. */
function stateAfter(existing: Existing, changes: readonly Change[]): Existing {
  const queues = new Set(existing.queues);
  const policiesNow = new Map(existing.policies);
  const rolesNow = new Map(existing.roles);
  for (const change of changes) {
    const { name } = change;
    if (change.kind === 'create queue') queues.add(name);
    if (change.kind === 'create policy' || change.kind === 'update policy') {
      policiesNow.set(name, { document: change.document, description: change.description });
    }
    if (change.kind === 'mark policy') {
      policiesNow.set(name, { document: policiesNow.get(name)?.document ?? '', description: change.description });
    }
    if (change.kind === 'create role' || change.kind === 'update role') {
      const { trust, description } = change;
      rolesNow.set(name, { trust, description, attached: rolesNow.get(name)?.attached ?? [] });
    }
    if (change.kind === 'attach policy') {
      const role = rolesNow.get(change.role);
      if (!role) throw new Error(`${change.role} is not there yet`);
      rolesNow.set(change.role, { ...role, attached: [...role.attached, { type: 'Custom', name }] });
    }
  }
  return { queues, policies: policiesNow, roles: rolesNow };
}

describe('the plan, whatever is there', () => {
  test('leaves nothing to do for the next run, from the start or from any change on', () => {
    fc.assert(
      fc.property(states, fc.nat(20), (existing, cut) => {
        const { changes } = planSetup(DESIRED, existing);
        expect(planSetup(DESIRED, stateAfter(existing, changes)).changes).toEqual([]);
        const half = stateAfter(existing, changes.slice(0, cut));
        const rest = stateAfter(half, planSetup(DESIRED, half).changes);
        expect(rest).toEqual(stateAfter(existing, changes));
      }),
    );
  });

  test('changes no document that setup has not written as it stands', () => {
    fc.assert(
      fc.property(states, (existing) => {
        const then = stateAfter(existing, planSetup(DESIRED, existing).changes);
        for (const [name, { document, description }] of existing.policies) {
          if (originOf(description, document) !== 'written') expect(then.policies.get(name)?.document).toBe(document);
        }
        for (const [name, role] of existing.roles) {
          if (originOf(role.description, role.trust) !== 'written') expect(then.roles.get(name)).toEqual(role);
        }
      }),
    );
  });

  test('attaches a policy only where it says what the file says', () => {
    fc.assert(
      fc.property(states, (existing) => {
        const { changes } = planSetup(DESIRED, existing);
        const then = stateAfter(existing, changes);
        for (const change of changes) {
          if (change.kind !== 'attach policy') continue;
          const wanted = DESIRED.policies.find(({ name }) => name === change.name);
          expect(fingerprint(then.policies.get(change.name)?.document ?? '')).toBe(fingerprint(wanted?.document ?? ''));
        }
      }),
    );
  });

  test('says of whatever is missing afterwards that it is in the way', () => {
    fc.assert(
      fc.property(states, (existing) => {
        const { changes, leftAlone } = planSetup(DESIRED, existing);
        const then = stateAfter(existing, changes);
        const isWhole = DESIRED.roles.every(({ name, policies: wanted }) => {
          const attached = then.roles.get(name)?.attached.map((policy) => policy.name) ?? [];
          return wanted.every((policy) => attached.includes(policy));
        });
        if (!isWhole) expect(leftAlone.some(({ blocks }) => blocks)).toBe(true);
        for (const { name, document } of DESIRED.policies) {
          const isSame = fingerprint(then.policies.get(name)?.document ?? '') === fingerprint(document);
          expect(isSame || leftAlone.some(({ what }) => what === `policy ${name}`)).toBe(true);
        }
      }),
    );
  });
});
