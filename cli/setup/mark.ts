import { fingerprint } from './policy-document.ts';

const MARK = /Written by fc-detach-key-pair setup \(sha256:([0-9a-f]{32})\)/;

/**
 * The description of a role or policy that setup writes. It holds the fingerprint of the document beside it: what was
 * changed since, or was never written by setup, does not carry a mark that fits, and setup leaves it alone.
 */
export function marked(purpose: string, document: string): string {
  return `${purpose} Written by fc-detach-key-pair setup (sha256:${fingerprint(document)})`;
}

/** `written`: by setup, and as it was written. `changed`: by setup, and changed since. `foreign`: not by setup. */
export type Origin = 'written' | 'changed' | 'foreign';

export function originOf(description: string, document: string): Origin {
  const [, mark] = MARK.exec(description) ?? [];
  if (mark === undefined) return 'foreign';
  return mark === fingerprint(document) ? 'written' : 'changed';
}
