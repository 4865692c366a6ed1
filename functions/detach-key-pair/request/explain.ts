import { isRecord, type UnknownRecord } from '../../../shared/record.ts';
import type { SchemaError } from '../../../shared/schema/schema-error.ts';
import { invalid, missing, type RequestError, shown } from './request-error.ts';
import { detachRequestSchema } from './schema.ts';
import { suggest } from './suggest.ts';

/** Names are listed so far; a caller who sent a whole list of something else learns no more from the rest. */
const MAX_NAMED = 10;

const TOKEN = ['a text of 1 to 64 printable ASCII characters', '"leak-2026-11-24"'] as const;
const FLAG = ['true or false', 'true'] as const;
const TIME = 'a time in the form of ISO 8601 with its time zone';
const PAST = [TIME, '"2026-11-24T08:00:00Z"'] as const;

/** What each field takes, in plain words, with an example as it stands in JSON. */
const TAKES: Readonly<Record<string, readonly [what: string, example: string]>> = {
  RegionId: ['the id of a region, in lower case, a list of 1 to 50 different ones, or "*"', '"cn-hangzhou"'],
  KeyPairName: [
    'the name of a key pair: 2 to 128 characters, a letter first, then letters, digits and . : _ -',
    '"leaked-key"',
  ],
  PublicKey: ['a text: one OpenSSH line', '"ssh-ed25519 AAAA… comment"'],
  AllowDifferentKeys: FLAG,
  InstanceIds: ['a list of at least one instance id', '["i-bp1d6tsvznfghy7y0001"]'],
  Filter: [
    'an object: {} for every instance that has the key pair, or one with Tags',
    '{"Tags": [{"Key": "env", "Value": "prod"}]}',
  ],
  'Filter.Tags': ['a list of at most 20 tags', '[{"Key": "env", "Value": "prod"}]'],
  'Filter.Tags.Key': ['a text of 1 to 128 characters', '"env"'],
  'Filter.Tags.Value': ['a text of 1 to 128 characters', '"prod"'],
  Reboot: ['true, false or an object', '{"BatchSize": 20, "IntervalSeconds": 60}'],
  'Reboot.ForceReboot': ['true or false', 'false'],
  'Reboot.BatchSize': ['a whole number from 1 to 100', '20'],
  'Reboot.IntervalSeconds': ['a whole number of seconds from 0 to 3600', '60'],
  'Reboot.DelaySeconds': ['a whole number of seconds from 0 to 86400', '300'],
  'Reboot.NotBefore': [TIME, '"2026-11-24T22:00:00Z"'],
  'Reboot.MaxErrors': ['a whole number from 0 on, or a percentage of a wave from 0% to 100%', '3'],
  'Reboot.HealthTimeoutSeconds': ['a whole number of seconds from 60 to 3600', '600'],
  'Reboot.Ready': ['Running or CloudAssistant', '"CloudAssistant"'],
  Online: ['true, false or an object', '{"TimeoutSeconds": 120, "Sessions": "Keep"}'],
  'Online.TimeoutSeconds': ['a whole number of seconds from 30 to 600', '120'],
  'Online.Sessions': ['Keep or Close', '"Close"'],
  DryRun: FLAG,
  Verify: FLAG,
  Continue: FLAG,
  VerifySince: PAST,
  DetachedSince: PAST,
  RoleArn: ['the ARN of a RAM role, a list of 1 to 50 different ones, or "*"', '"acs:ram::123456:role/detach"'],
  ClientToken: TOKEN,
  'Idempotency-Key': TOKEN,
  ReturnResults: ['All, Failed or None', '"Failed"'],
};

/** The first thing that the schema did not like, as the caller can mend it. */
export function explain(fields: UnknownRecord, { path, keyword, params }: SchemaError): RequestError {
  if (keyword === 'required') return explainMissing(fields, path, String(params['missingProperty']));
  if (keyword === 'additionalProperties') return explainUnknown(path, String(params['additionalProperty']));
  const names = path.filter((part) => !/^\d+$/.test(part));
  if (names[0] === 'InstanceIds' && path.length > 1) return explainIds(fields);
  const name = names.join('.');
  const value = valueAt(fields, path);
  if (keyword === 'uniqueItems') return wrong(name, valueAt(value, [String(params['i'])]), 'is in the list twice');
  return notTaken(name, value);
}

/** A value that the field does not take. */
export function notTaken(field: string, value: unknown): RequestError {
  const [what = ''] = TAKES[field] ?? [];
  const advice = adviceFor(value, what);
  return wrong(field, value, `is not ${what}${advice && `. ${advice}`}`);
}

/** What was given, what is wrong with it, and what would be right. */
export function wrong(field: string, value: unknown, why: string): RequestError {
  const [, example = ''] = TAKES[field] ?? [];
  return invalid(field, `${describe(value)} ${why}. Example: ${example}`);
}

export function explainMissing(fields: UnknownRecord, path: readonly string[], name: string): RequestError {
  const parent = path.filter((part) => !/^\d+$/.test(part)).join('.');
  const full = parent === '' ? name : `${parent}.${name}`;
  if (parent !== '') return invalid(parent, `${name} is missing in it. Example: ${TAKES[parent]?.[1] ?? ''}`);
  const given = Object.keys(fields).find((key) => key !== name && suggest(key, [name]) === name);
  if (given !== undefined) return missing(full, `"${shown(given)}" was given: write ${name}.`);
  return missing(full, `Example: "${name}": ${TAKES[full]?.[1] ?? ''}`);
}

function explainUnknown(path: readonly string[], name: string): RequestError {
  const full = [...path, name].join('.');
  const meant = suggest(name, namesAt(path));
  return invalid(
    full,
    `there is no such parameter: ${meant === undefined ? 'leave it out' : `did you mean ${meant}?`}`,
  );
}

/** The names that an object there may have. */
function namesAt(path: readonly string[]): string[] {
  let schema: unknown = detachRequestSchema;
  for (const part of path) {
    const { properties, items } = isRecord(schema) ? schema : {};
    schema = isRecord(properties) && part in properties ? properties[part] : items;
  }
  const names = isRecord(schema) && isRecord(schema['properties']) ? Object.keys(schema['properties']) : [];
  return path.length === 0 ? [...names, 'StopTasks'] : names;
}

function explainIds({ InstanceIds }: UnknownRecord): RequestError {
  const isId = new RegExp(detachRequestSchema.properties.InstanceIds.items.pattern);
  const ids: unknown[] = Array.isArray(InstanceIds) ? InstanceIds : [];
  const bad = ids.filter((id) => typeof id !== 'string' || !isId.test(id));
  const named = bad.slice(0, MAX_NAMED).map(describe).join(', ');
  const more = bad.length > MAX_NAMED ? ` and ${bad.length - MAX_NAMED} more` : '';
  const are = bad.length === 1 ? 'is not an instance id' : 'are not instance ids';
  return invalid('InstanceIds', `${named}${more} ${are}. Example: "i-bp1d6tsvznfghy7y0001"`);
}

/** The commonest mistakes, by the value alone. */
function adviceFor(value: unknown, what: string): string {
  if (value === null) return 'Leave the field out instead of null';
  if (typeof value !== 'string') return '';
  const text = value.trim();
  const flag = text.toLowerCase();
  if (/^(true|false)$/.test(flag) && what.includes('true')) {
    // In a form, where there are no quotes, it is the letters or the blanks.
    return `Write ${flag} ${value === flag ? 'without quotes' : 'in lower case, without blanks and quotes'}`;
  }
  if (/^\d+$/.test(text) && what.includes('number')) return `Write ${text} without quotes`;
  if (/^[[{]/.test(text) && /list|object/.test(what)) return 'Write it as JSON, not as a text that holds JSON';
  if (value !== text) return 'There is a blank or a line end around it';
  return '';
}

/** The value there; of what may be as deep and as long as it likes nothing is walked but the path. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  const ownOf = (within: unknown, key: string): unknown => Object.getOwnPropertyDescriptor(Object(within), key)?.value;
  return path.reduce(ownOf, value);
}

/** A value, short enough to say back. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return shown(JSON.stringify(value) ?? 'nothing');
}
