import { createHash } from 'node:crypto';
import { isRecord, recordOf, type UnknownRecord } from '../../shared/record.ts';

/** What one statement says of one action; two documents that say the same have the same set of these. */
type Rule = { readonly effect: string; readonly action: string; readonly rest: UnknownRecord };

/**
 * What a policy's text says, one line a rule, sorted: the order of statements and keys, white space, and a single text in
 * the place of a list make no difference. A text that is no policy is one line by itself.
 */
export function rulesOf(document: string): string[] {
  const rules = parse(document);
  return rules ? [...new Set(rules.map(lineOf))].sort() : [oneLine(document)];
}

/** Of what the document says: 32 hexadecimal digits. */
export function fingerprint(document: string): string {
  const rules = parse(document)?.map(({ effect, action, rest }) => JSON.stringify([effect, action, rest])) ?? [
    document,
  ];
  return createHash('sha256')
    .update(JSON.stringify([...new Set(rules)].sort()))
    .digest('hex')
    .slice(0, 32);
}

/** What the second says and the first does not (`+`), and the other way round (`-`). Empty when they say the same. */
export function difference(existing: string, wanted: string): string[] {
  if (fingerprint(existing) === fingerprint(wanted)) return [];
  const [before, after] = [rulesOf(existing), rulesOf(wanted)];
  const added = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  const removed = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  return [...added, ...removed];
}

/** The actions of `wanted` that no Allow of `existing` names, be it by wildcard. */
export function missingActions(existing: string, wanted: string): string[] {
  const allowed = (parse(existing) ?? [])
    .filter(({ effect }) => effect === 'Allow')
    .map(({ action }) => wildcard(action));
  const needed = (parse(wanted) ?? []).map(({ action }) => action);
  return [...new Set(needed)].filter((action) => !allowed.some((pattern) => pattern.test(action)));
}

function parse(document: string): Rule[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    return undefined;
  }
  const { Statement } = recordOf(parsed);
  if (!Array.isArray(Statement)) return undefined;
  return Statement.flatMap((statement: unknown) => {
    const { Effect, Action, ...rest } = recordOf(statement);
    const actions = Action === undefined ? [''] : listOf(Action);
    return actions.map((action) => ({ effect: String(Effect), action, rest: recordOf(normal(rest)) }));
  });
}

function lineOf({ effect, action, rest: { Resource, Principal, ...others } }: Rule): string {
  const on = Resource === undefined ? '' : ` on ${listOf(Resource).join(', ')}`;
  const by = Principal === undefined ? '' : ` by ${JSON.stringify(Principal)}`;
  const more = Object.keys(others).length === 0 ? '' : ` with ${JSON.stringify(others)}`;
  return oneLine(`${effect} ${action}${on}${by}${more}`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Lists sorted and without repetitions, single values as lists, keys in order. */
function normal(value: unknown): unknown {
  if (!isRecord(value)) return [...new Set(listOf(value))].sort();
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, normal(inner)]));
}

function wildcard(action: string): RegExp {
  return new RegExp(`^${action.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i');
}
