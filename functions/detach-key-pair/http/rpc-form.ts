import type { UnknownRecord } from '../../../shared/record.ts';
import { invalid, RequestError, shown } from '../request/request-error.ts';

/** The gateway's own parameters: signing, format, the account. Checked before a request gets here, or not at all. */
const GATEWAY = new Set(
  `Format AccessKeyId Signature SignatureMethod SignatureVersion SignatureNonce SignatureType Timestamp SecurityToken
   OwnerId OwnerAccount ResourceOwnerAccount ResourceOwnerId`.split(/\s+/),
);
const OPERATION = new Set(['Action', 'Version']);

const READ = new Map<string, (text: string, name: string) => unknown>([
  ['InstanceIds', readIds],
  ['StopTasks', readIds],
  ['RegionId', readSeveral],
  ['RoleArn', readSeveral],
  ['Filter', readJson],
  ['Reboot', readJson],
  ['Online', readJson],
  ['DryRun', readFlag],
  ['Verify', readFlag],
  ['Continue', readFlag],
  ['AllowDifferentKeys', readFlag],
]);

/** Query and form parameters, all of them texts → the canonical fields. A name may be given once, in one place. */
export function rpcFields(query: Readonly<Record<string, string>>, form: URLSearchParams): UnknownRecord {
  const given = [...Object.entries(query), ...form].filter(([name]) => !GATEWAY.has(name));
  const formats = [query['Format'], ...form.getAll('Format')];
  if (formats.some((format) => format?.toUpperCase() === 'XML')) {
    throw new RequestError(
      400,
      'UnsupportedParameter',
      'The specified parameter "Format" is not supported: answers are JSON.',
    );
  }
  const fields: Record<string, unknown> = Object.create(null);
  const seen = new Set<string>();
  for (const [name, text] of given) {
    if (seen.has(name)) throw new RequestError(400, 'InvalidParameter', twice(name));
    seen.add(name);
    if (!OPERATION.has(name)) fields[name] = READ.get(name)?.(text, name) ?? text;
  }
  return fields;
}

function twice(name: string): string {
  return `The specified parameter "${name.slice(0, 80)}" is not valid: it is given more than once.`;
}

/** A JSON array, as ECS takes it, or ids separated by commas, in brackets or not. */
function readIds(text: string, name: string): unknown {
  // A shell that knows no single quotes leaves them around the whole.
  const ids = text.trim().replace(/^'(\[.*\])'$/s, '$1');
  if (!ids.startsWith('[')) return ids === '' ? [] : ids.split(',').map(unquoted);
  try {
    return JSON.parse(ids);
  } catch {
    // As the help of ECS's own command line writes lists: ['i-a','i-b'], or what a shell leaves of it.
    const inner = /^\[([^[\]]*)\]$/.exec(ids)?.[1];
    if (inner === undefined)
      throw invalid(name, `${shown(text)} is not a JSON array. Example: ["i-bp1d6tsvznfghy7y0001"]`);
    return inner.split(',').map(unquoted);
  }
}

/** One, or several that are separated by commas. */
function readSeveral(text: string): unknown {
  return text.includes(',') ? text.split(',').map((one) => one.trim()) : text;
}

function unquoted(id: string): string {
  return id.trim().replace(/^(\\?["'])(.*)\1$/, '$2');
}

function readJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(name, `${shown(text)} is not JSON. Example: ${name}={}`);
  }
}

/** Left as it is when it is neither: the schema says then what it has to be. */
function readFlag(text: string): unknown {
  return text === 'true' ? true : text === 'false' ? false : text;
}
