import type { Store } from '../core/job-store.ts';

/** One detach of this browser, as far as it is kept after its tab: where its proof is. */
export type HistoryEntry = { readonly at: number; readonly what: string; readonly hash: string };

const KEY = 'detach-key-pair.history.1';
const MOST = 20;

/** What this browser has detached: the links to its proofs, the newest first. Never a token. */
export function historyOf(store: Store) {
  const load = (): HistoryEntry[] => {
    try {
      return JSON.parse(store.getItem(KEY) ?? '[]');
    } catch {
      return [];
    }
  };
  return {
    load,
    add: (entry: HistoryEntry) => {
      const others = load().filter(({ at }) => at !== entry.at);
      try {
        store.setItem(KEY, JSON.stringify([entry, ...others].slice(0, MOST)));
      } catch {
        // No room: the page goes on without it.
      }
    },
    clear: () => store.removeItem(KEY),
  };
}
