import type { Cloud } from './cloud.ts';
import { type Failure, failureOf } from './failure.ts';
import type { Change } from './plan.ts';
import { type Place, rightTo } from './rights.ts';

export type Applied = { readonly change: Change } & (
  | { readonly result: 'Done' }
  | { readonly result: 'Failed'; readonly failure: Failure }
  /** What it builds on has failed. */
  | { readonly result: 'Skipped'; readonly because: string }
);

/** Makes the changes one after another; a failed one stops only those that build on it. */
export async function applyChanges(
  cloud: Cloud,
  changes: readonly Change[],
  place: Place,
  onApplied: (applied: Applied) => void,
): Promise<readonly Applied[]> {
  const all: Applied[] = [];
  const failed = new Set<string>();
  for (const change of changes) {
    const because = buildsOn(change).find((what) => failed.has(what));
    const applied = because === undefined ? await apply(cloud, change, place) : skipped(change, because);
    if (applied.result !== 'Done') failed.add(`${change.kind} ${change.name}`);
    all.push(applied);
    onApplied(applied);
  }
  return all;
}

function skipped(change: Change, because: string): Applied {
  return { change, result: 'Skipped', because };
}

/** A policy that was not updated is not attached either: what it says now is not what the role should get. */
function buildsOn(change: Change): string[] {
  if (change.kind !== 'attach policy') return [];
  const policies = ['create policy', 'update policy'].map((kind) => `${kind} ${change.name}`);
  const roles = ['create role', 'update role'].map((kind) => `${kind} ${change.role}`);
  return [...policies, ...roles];
}

async function apply(cloud: Cloud, change: Change, place: Place): Promise<Applied> {
  for (const { right, run } of callsOf(cloud, change, place)) {
    try {
      await run();
    } catch (error) {
      return { change, result: 'Failed', failure: failureOf(error, right) };
    }
  }
  return { change, result: 'Done' };
}

type Call = { readonly right: string; readonly run: () => Promise<void> };

function callsOf(cloud: Cloud, change: Change, place: Place): Call[] {
  const { name } = change;
  const describe = (description: string): Call => ({
    right: rightTo('UpdatePolicyDescription', { policy: name }, place),
    run: () => cloud.describePolicy(name, description),
  });
  switch (change.kind) {
    case 'create queue': {
      const right = rightTo('CreateQueue', { queue: name }, place);
      return [{ right, run: () => cloud.createQueue(name, change.retentionSeconds) }];
    }
    case 'create policy': {
      const right = rightTo('CreatePolicy', { policy: name }, place);
      return [{ right, run: () => cloud.createPolicy(name, change.document, change.description) }];
    }
    case 'update policy': {
      const right = rightTo('CreatePolicyVersion', { policy: name }, place);
      return [{ right, run: () => cloud.updatePolicy(name, change.document) }, describe(change.description)];
    }
    case 'mark policy':
      return [describe(change.description)];
    case 'create role': {
      const right = rightTo('CreateRole', { role: name }, place);
      return [{ right, run: () => cloud.createRole(name, change.trust, change.description) }];
    }
    case 'update role': {
      const right = rightTo('UpdateRole', { role: name }, place);
      return [{ right, run: () => cloud.updateRole(name, change.trust, change.description) }];
    }
    case 'attach policy': {
      const right = rightTo('AttachPolicyToRole', { policy: name, role: change.role }, place);
      return [{ right, run: () => cloud.attachPolicy(name, change.role) }];
    }
  }
}
