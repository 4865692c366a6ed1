import type { Pair } from '../http/wire-request.ts';

/** RFC 3986: everything but letters, digits and `- . _ ~` is encoded. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Sorted by name, both sides encoded: `a=1&b=2` as every one of the schemes signs it. */
export function canonicalPairs(pairs: readonly Pair[]): string {
  return [...pairs]
    .sort(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}
