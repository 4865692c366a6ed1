import { isUtf8 } from 'node:buffer';
import { headerOf, type Pair, type WireRequest } from '../http/wire-request.ts';
import type { Fc2Http } from './invocation.ts';
import type { FcSwitches } from './switches.ts';

export interface TriggerFacts {
  readonly accountId: string;
  readonly regionId: string;
  readonly requestId: string;
  readonly sourceIp: string;
}

const BINARY_TYPE = /^(image|audio|video|font)\/|^application\/(zip|gzip|pdf|x-protobuf)/;

/** The event of an HTTP trigger, "Use an HTTP trigger to invoke a function" in FC's documentation. */
export function httpEvent(request: WireRequest, facts: TriggerFacts, switches: FcSwitches): Buffer {
  const now = new Date();
  const domainPrefix = `detach-${facts.accountId.slice(-6)}`;
  const asBase64 = isBase64(request, switches);
  return json({
    version: 'v1',
    rawPath: request.path,
    headers: joined(request.headers.filter(([name]) => name !== 'host').map(([name, value]) => [goCase(name), value])),
    queryParameters: joined(request.query),
    ...bodyOf(request.body, asBase64, switches),
    isBase64Encoded: asBase64,
    requestContext: {
      accountId: facts.accountId,
      triggerId: '00000000-0000-0000-0000-000000000001',
      domainName: `${domainPrefix}.${facts.regionId}.fcapp.run`,
      domainPrefix,
      requestId: facts.requestId,
      time: now.toISOString(),
      // A string, unlike every other clock in the world.
      timeEpoch: String(now.getTime()),
      http: {
        method: request.method,
        path: decodedPath(request.path),
        protocol: 'HTTP/1.1',
        sourceIp: facts.sourceIp,
        userAgent: headerOf(request, 'user-agent') ?? '',
      },
    },
  });
}

/** The same request for an FC 2.0 HTTP function. */
export function fc2Http(request: WireRequest, sourceIp: string): Fc2Http {
  const queries = new Map<string, string | string[]>();
  for (const [name, value] of request.query) {
    const before = queries.get(name);
    queries.set(name, before === undefined ? value : [before, value].flat());
  }
  return {
    method: request.method,
    path: decodedPath(request.path),
    url: request.search === '' ? request.path : `${request.path}?${request.search}`,
    clientIP: sourceIp,
    headers: joined(request.headers),
    queries: Object.fromEntries(queries),
  };
}

/** Go's canonical form: FC's gateway rewrites header names so (its FAQ). */
function goCase(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** Several values of one name, joined by commas: so an event has only strings. */
function joined(pairs: readonly Pair[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

function isBase64(request: WireRequest, { base64Bodies }: FcSwitches): boolean {
  if (base64Bodies !== 'binary') return base64Bodies === 'always';
  return BINARY_TYPE.test(headerOf(request, 'content-type') ?? '') || !isUtf8(request.body);
}

function bodyOf(body: Buffer, asBase64: boolean, { emptyBody }: FcSwitches): { body?: string | null } {
  if (body.length > 0) return { body: body.toString(asBase64 ? 'base64' : 'utf8') };
  if (emptyBody === 'absent') return {};
  return { body: emptyBody === 'null' ? null : '' };
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
