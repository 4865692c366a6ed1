import type { WireTypes } from './wire-types.ts';

/** What became of one instance of a call. */
export interface Item {
  readonly instanceId: string;
  readonly ok: boolean;
  readonly code: string;
  readonly message: string;
}

export type Which = 'all' | 'first' | readonly string[];

/** A 200 whose list of items is not what the caller would wish. For DetachKeyPair and RebootInstances. */
export interface ItemsFault {
  kind: 'items';
  latencyMs?: number;
  /** Not done, and listed as failed. */
  fail?: { which: Which; code: string; message?: string };
  /** Done, but not listed. */
  omit?: Which;
  /** Neither done nor listed. */
  forget?: Which;
  /** Listed as done, though not asked for. */
  strangers?: readonly string[];
  failCount?: number | 'absent';
  wireTypes?: WireTypes;
  /** Anything else: takes the body and says what is sent instead of it. */
  rewrite?: (body: Record<string, unknown>) => unknown;
}

function isOneOf(which: Which | undefined, instanceId: string, instanceIds: readonly string[]): boolean {
  if (which === undefined) return false;
  if (which === 'all') return true;
  return which === 'first' ? instanceIds[0] === instanceId : which.includes(instanceId);
}

/** What the fault decides before the operation looks at the instance; `undefined`: nothing. */
export function decided(fault: ItemsFault | undefined, id: string, ids: readonly string[]): Item | undefined {
  const { code, message = 'Scripted.' } = fault?.fail ?? { code: 'Forgotten' };
  const untouched = isOneOf(fault?.fail?.which, id, ids) || isOneOf(fault?.forget, id, ids);
  return untouched ? { instanceId: id, ok: false, code, message } : undefined;
}

/** The items that are listed, strangers last. */
export function listed(fault: ItemsFault | undefined, items: readonly Item[], success: string): readonly Item[] {
  if (!fault) return items;
  const ids = items.map((item) => item.instanceId);
  const hidden = (id: string) => isOneOf(fault.omit, id, ids) || isOneOf(fault.forget, id, ids);
  const strangers = (fault.strangers ?? []).map((instanceId) => ({
    instanceId,
    ok: true,
    code: '200',
    message: success,
  }));
  return [...items.filter((item) => !hidden(item.instanceId)), ...strangers];
}
