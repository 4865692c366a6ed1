import type { DesiredPolicy } from './desired.ts';
import type { ExistingPolicy } from './existing.ts';
import { marked, originOf } from './mark.ts';
import type { Change, LeftAlone } from './plan.ts';
import { difference, missingActions, rulesOf } from './policy-document.ts';

/** `isUsable`: the policy says what it should, or will: it may be attached. */
export type PolicyPlan = {
  readonly name: string;
  readonly isUsable: boolean;
  readonly changes: readonly Change[];
  readonly leftAlone: readonly LeftAlone[];
};

export function planPolicy(wanted: DesiredPolicy, existing: ExistingPolicy | undefined): PolicyPlan {
  const { name, document, purpose } = wanted;
  const description = marked(purpose, document);
  const usable = (...changes: Change[]): PolicyPlan => ({ name, isUsable: true, changes, leftAlone: [] });
  if (!existing) {
    const added = rulesOf(document).map((line) => `+ ${line}`);
    return usable({ kind: 'create policy', name, document, description, reason: purpose, difference: added });
  }
  const origin = originOf(existing.description, existing.document);
  const changed = difference(existing.document, document);
  if (changed.length === 0) {
    if (origin !== 'changed') return usable();
    // An earlier run was stopped between the document and its mark.
    return usable({
      kind: 'mark policy',
      name,
      description,
      reason: 'Its mark is of an older document.',
      difference: [],
    });
  }
  if (origin === 'written') {
    const reason = `${purpose} ${wanted.file} has changed since setup wrote it.`;
    return usable({ kind: 'update policy', name, document, description, reason, difference: changed });
  }
  return { name, isUsable: false, changes: [], leftAlone: [leftAlone(wanted, existing, origin, changed)] };
}

function leftAlone(
  { name, document, purpose, file }: DesiredPolicy,
  existing: ExistingPolicy,
  origin: 'changed' | 'foreign',
  changed: readonly string[],
): LeftAlone {
  const missing = missingActions(existing.document, document);
  const who = origin === 'changed' ? 'it was changed since setup wrote it' : 'it was not written by setup';
  const lacks =
    missing.length === 0
      ? 'It allows every action that is needed, if perhaps on other resources.'
      : `It does not allow ${missing.join(', ')}.`;
  const hand = `aliyun ram UpdatePolicyDescription --PolicyName ${name} --NewDescription '${marked(purpose, existing.document)}'`;
  return {
    what: `policy ${name}`,
    why: `Left as it is: ${who}. ${lacks}`,
    blocks: missing.length > 0,
    difference: changed,
    cures: [
      `Compare it with ${file}, and change it by hand.`,
      `Or let setup replace it: run this, then setup again.\n${hand}`,
    ],
  };
}
