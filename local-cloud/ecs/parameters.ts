import type { Pair } from '../http/wire-request.ts';
import { refusals } from './errors.ts';

/** An operation's parameters, from the query and a form body alike. */
export class Parameters {
  readonly values: ReadonlyMap<string, string>;

  constructor(pairs: readonly Pair[]) {
    this.values = new Map(pairs);
  }

  optional(name: string): string | undefined {
    const value = this.values.get(name);
    return value === '' ? undefined : value;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw refusals.missing(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.optional(name) ?? 'false';
    if (value !== 'true' && value !== 'false') throw refusals.parameter(name);
    return value === 'true';
  }

  count(name: string): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,9}$/.test(value)) throw refusals.parameter(name);
    return Number(value);
  }

  /** `Name.1`, `Name.2`, …, in the order of their numbers. */
  list(name: string): string[] {
    return this.#numbered(new RegExp(`^${name}\\.(\\d+)$`)).map(([, value]) => value);
  }

  /** `Tag.1.Key`, `Tag.1.Value`, … */
  tags(): { key: string; value?: string }[] | undefined {
    const tags = this.#numbered(/^Tag\.(\d+)\.Key$/).map(([n, key]) => {
      const value = this.optional(`Tag.${n}.Value`);
      return value === undefined ? { key } : { key, value };
    });
    return tags.length === 0 ? undefined : tags;
  }

  #numbered(pattern: RegExp): [n: number, value: string][] {
    const found: [number, string][] = [];
    for (const [name, value] of this.values) {
      const n = pattern.exec(name)?.[1];
      if (n !== undefined) found.push([Number(n), value]);
    }
    return found.sort(([a], [b]) => a - b);
  }
}

/** The text of a JSON array of strings; `undefined` when it is anything else. */
export function parseIdList(text: string): string[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const ids = parsed.filter((id): id is string => typeof id === 'string');
  return ids.length === parsed.length ? ids : undefined;
}
