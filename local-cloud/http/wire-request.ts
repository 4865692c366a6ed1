import type { IncomingMessage } from 'node:http';

export type Pair = readonly [name: string, value: string];

/** A request as it came over the socket: nothing merged, nothing sorted. */
export interface WireRequest {
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly search: string;
  /** Decoded, in the order sent. */
  readonly query: readonly Pair[];
  /** Names in lower case, in the order sent. */
  readonly headers: readonly Pair[];
  readonly body: Buffer;
}

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export async function readWireRequest(message: IncomingMessage, maxBodyBytes = 64 * 1024 * 1024): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  let tooLarge = false;
  for await (const chunk of message) {
    size += chunk.length;
    // The rest is read and dropped: a client that is still sending would see a lost connection instead of the refusal.
    if (size > maxBodyBytes) tooLarge = true;
    else chunks.push(chunk);
  }
  if (tooLarge) throw new BodyTooLarge(`${size} bytes`);
  const { path, search } = splitUrl(message.url ?? '/');
  return {
    method: message.method ?? 'GET',
    path,
    search,
    query: decodeForm(search),
    headers: pairs(message.rawHeaders),
    body: Buffer.concat(chunks),
  };
}

/** Several headers of one name are read as one, the way HTTP joins them. */
export function headerOf(request: Pick<WireRequest, 'headers'>, name: string): string | undefined {
  const values = request.headers.filter(([header]) => header === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

export function headerRecord(request: Pick<WireRequest, 'headers'>): Record<string, string> {
  return Object.fromEntries(request.headers.map(([name]) => [name, headerOf(request, name) ?? '']));
}

/** `a=1&b=2`, percent-encoded, `+` for a space: a query string or a form body. */
function decodeForm(text: string): Pair[] {
  return [...new URLSearchParams(text)];
}

/** The query plus a form body, when there is one. */
export function parametersOf(request: WireRequest): Pair[] {
  const isForm = headerOf(request, 'content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm ? [...request.query, ...decodeForm(request.body.toString('utf8'))] : [...request.query];
}

function splitUrl(url: string): { path: string; search: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, search: '' } : { path: url.slice(0, mark), search: url.slice(mark + 1) };
}

function pairs(rawHeaders: readonly string[]): Pair[] {
  const headers: Pair[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.push([(rawHeaders[i] ?? '').toLowerCase(), rawHeaders[i + 1] ?? '']);
  }
  return headers;
}
