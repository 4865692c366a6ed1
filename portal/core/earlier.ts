import { jsonOf } from '../../shared/record.ts';
import type { Store } from './job-store.ts';
import type { ProofSummary } from './proof.ts';

/** A detach that this browser has done: of which job, what it was, and its verification's link if that is not too long. */
export type Earlier = ProofSummary & { readonly id: string; readonly hash?: string };

// The number is the format's: another version's list is left alone.
const KEY = 'detach-key-pair.earlier.1';
const MOST = 20;

/** The last detaches of this browser, the latest first, kept until they are forgotten. Where nothing can be kept there are none. */
export function earlierStore(store: Store) {
  const list = (): readonly Earlier[] => {
    const kept = jsonOf(store.getItem(KEY) ?? '');
    return Array.isArray(kept) ? kept : [];
  };
  return {
    list,
    add: (entry: Earlier) => {
      try {
        const others = list().filter(({ id }) => id !== entry.id);
        store.setItem(KEY, JSON.stringify([entry, ...others].slice(0, MOST)));
      } catch {
        // No room: the tab still has its job, and the CSV is the evidence.
      }
    },
    clear: () => store.removeItem(KEY),
  };
}
