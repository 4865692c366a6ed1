import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Received } from '../../portal/core/reply.ts';
import { type Hashes, policyOf } from '../../portal/policy.ts';

export type PortalPage = { readonly html: string; readonly hashes: Hashes };

export type Portal = { readonly url: string; close(): Promise<void> };

/** What the function takes is less. */
const MOST_BYTES = 6 * 1024 * 1024;

/**
 * The portal on this machine's loopback alone. The address that is opened holds a token, which its first visit exchanges
 * for a cookie; a request needs the cookie, this `Host`, and the `Origin` of the page, so that no other page and no other
 * user of the machine can have anything signed.
 */
export async function servePortal(
  page: PortalPage,
  send: (fields: object) => Promise<Received>,
  { port = 0 }: { readonly port?: number } = {},
): Promise<Portal> {
  const cookie = secret();
  let token: string | undefined = secret();
  let hosts: ReadonlySet<string> = new Set();
  // A cookie is sent to every port of the host: two portals at once need names of their own.
  const cookieName = `fc-detach-key-pair-${randomBytes(4).toString('hex')}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '', cookie: cookies = '', origin } = request.headers;
    if (!hosts.has(host)) return refuse(response, 421, 'This address is not one of this portal.');
    const url = new URL(request.url ?? '/', `http://${host}`);
    const given = url.searchParams.get('token');
    if (request.method === 'GET' && given !== null) {
      if (token === undefined || !isSame(given, token)) {
        return refuse(response, 403, 'This link was used before. Start `fc-detach-key-pair portal` again.');
      }
      token = undefined;
      const setCookie = `${cookieName}=${cookie}; HttpOnly; SameSite=Strict; Path=/`;
      response.writeHead(303, { ...SAFE, location: '/', 'set-cookie': setCookie }).end();
      return;
    }
    if (!isSame(cookieOf(cookies, cookieName), cookie)) {
      return refuse(response, 403, 'Open the address that `fc-detach-key-pair portal` has printed.');
    }
    if (request.method === 'GET' && url.pathname === '/') {
      const policy = `${policyOf(page.hashes, "'self'")}; frame-ancestors 'none'`;
      const type = 'text/html; charset=utf-8';
      response.writeHead(200, { ...SAFE, 'content-type': type, 'content-security-policy': policy }).end(page.html);
      return;
    }
    if (request.method !== 'POST') return refuse(response, 404, 'There is nothing here but the portal.');
    if (origin !== `http://${host}`) return refuse(response, 403, 'This request is not from the page of this portal.');
    await pass(request, response);
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = await readJson(request);
    if (fields === undefined) return refuse(response, 400, 'The body is not a JSON object of at most 6 MiB.');
    try {
      const { status, requestId, date, text } = await send(fields);
      response
        .writeHead(status, {
          ...SAFE,
          'content-type': 'application/json; charset=utf-8',
          'x-acs-request-id': requestId,
          ...(date !== null && { date }),
        })
        .end(text);
    } catch (error) {
      refuse(response, 502, `The function was not reached: ${error instanceof Error ? error.message : error}`);
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => refuse(response, 500, 'The portal has failed.'));
  });
  await listening(server, port);
  const { port: actual } = addressOf(server);
  hosts = new Set([`127.0.0.1:${actual}`, `localhost:${actual}`]);
  return {
    url: `http://127.0.0.1:${actual}/?token=${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const SAFE = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { ...SAFE, 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function cookieOf(header: string, name: string): string {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

async function readJson(request: IncomingMessage): Promise<object | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address;
}
