import type { Credentials } from '../../shared/config/credentials.ts';
import { jsonOf, recordOf, textOf } from '../../shared/record.ts';
import type { Direct } from '../direct/direct-call.ts';
import { type Received, send, type WireRequest } from './http.ts';
import { signed } from './sign.ts';
import { thrownStatus } from './thrown.ts';

/** The function, wherever it is carried out. */
export type Connection = {
  /** For people, and to tell one from another; no secret. */
  readonly label: string;
  /** One request to the function → what it answers. Rejects when no answer comes. */
  readonly call: (fields: object) => Promise<Received>;
  /** Restarts and removals that this process has to do itself. */
  readonly own?: Direct;
};

const JSON_BODY = { 'content-type': 'application/json' };
const VERSION = '2023-03-30';

/** A trigger or a custom domain, asked with a bearer token. */
export function bearerConnection(url: URL, token: string): Connection {
  const headers = { ...JSON_BODY, authorization: `Bearer ${token}` };
  return { label: shown(url), call: (fields) => send({ method: 'POST', url, headers, body: bodyOf(fields) }) };
}

/** A trigger that wants a signature. */
export function triggerConnection(url: URL, credentials: () => Promise<Credentials>): Connection {
  return {
    label: shown(url),
    call: async (fields) =>
      passOn({ method: 'POST', url, headers: JSON_BODY, body: bodyOf(fields) }, await credentials()),
  };
}

/** Any request to a signed trigger. */
export function passOn(request: WireRequest, credentials: Credentials): Promise<Received> {
  return send(signed(request, credentials));
}

/** InvokeFunction: https://help.aliyun.com/document_detail/2513608.html */
export function functionConnection(
  { endpoint, name }: { endpoint: () => Promise<URL>; name: string },
  credentials: () => Promise<Credentials>,
): Connection {
  const headers = {
    'content-type': 'application/octet-stream',
    'x-acs-action': 'InvokeFunction',
    'x-acs-version': VERSION,
    'x-fc-invocation-type': 'Sync',
  };
  return {
    label: `function ${name}`,
    call: async (fields) => {
      const url = new URL(`/${VERSION}/functions/${encodeURIComponent(name)}/invocations`, await endpoint());
      return unwrapped(await send(signed({ method: 'POST', url, headers, body: bodyOf(fields) }, await credentials())));
    },
  };
}

/** What a direct invocation throws holds the answer; what did not come from the code is FC's own refusal. */
function unwrapped(received: Received): Received {
  const kind = received.headers['x-fc-error-type'];
  if (received.status !== 200 || kind === undefined) return received;
  const { errorMessage, errorType } = recordOf(jsonOf(received.body.toString('utf8')));
  const said = textOf(errorMessage) ?? '';
  const status = thrownStatus(said);
  if (status !== undefined) return { ...received, status, body: Buffer.from(said) };
  const body = { Code: textOf(errorType) ?? kind, Message: said || 'The function ended without an answer.' };
  return { ...received, status: 502, body: Buffer.from(JSON.stringify(body)) };
}

function bodyOf(fields: object): Buffer {
  return Buffer.from(JSON.stringify(fields));
}

/** Without what a URL may carry in secret. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** This process itself, by the functions' own code. `check` rejects where there is nothing to sign with. */
export function directConnection(own: Direct, check: () => Promise<unknown>): Connection {
  return {
    label: 'this process',
    own,
    call: async (fields) => {
      await check();
      const { status, requestId, date, text } = await own.send(fields);
      const headers = { 'x-acs-request-id': requestId, ...(date !== null && { date }) };
      return { status, headers, body: Buffer.from(text) };
    },
  };
}
