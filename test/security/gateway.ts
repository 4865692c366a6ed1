import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { LocalCloud } from '../../local-cloud/cloud.ts';

export type Gateway = {
  readonly origin: string;
  readonly port: number;
  /** What reached it, in order. */
  readonly seen: readonly { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders }[];
  /** Resolves when an answer to a request of this path has gone out. */
  answered(path: string): Promise<number>;
  stop(): Promise<void>;
};

/** A session cookie with `SameSite=Strict`; or the network that the request comes from, which any page shares. */
type Known = { readonly by: 'cookie' | 'address' };

const LOGIN = '/login';

/**
 * An access gateway in front of the function. By cookie it has both guards that docs/portal.md asks for: `SameSite=Strict`, and
 * a check of `Origin`. Neither sees anything wrong with an address that another program has opened.
 */
export async function startGateway(cloud: LocalCloud, { by }: Known): Promise<Gateway> {
  const seen: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
  const waiting: { path: string; resolve: (status: number) => void }[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers });
    response.on('finish', () => {
      const due = waiting.filter(({ path }) => url.startsWith(path));
      for (const one of due) {
        waiting.splice(waiting.indexOf(one), 1);
        one.resolve(response.statusCode);
      }
    });
    pass(request, response, cloud, by).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    seen,
    answered: (path) => new Promise((resolve) => waiting.push({ path, resolve })),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  cloud: LocalCloud,
  by: Known['by'],
): Promise<void> {
  const { method = '', url = '/', headers } = request;
  if (url === LOGIN) {
    const cookie = 'session=known; Max-Age=3600; HttpOnly; Path=/; SameSite=Strict';
    response.writeHead(200, { 'set-cookie': cookie, 'content-type': 'text/html' }).end('<p>signed in</p>');
    return;
  }
  const isKnown = by === 'address' || headers.cookie?.includes('session=known');
  const isForeign = by === 'cookie' && headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
  if (!isKnown || isForeign) {
    response.writeHead(401).end();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const target = new URL(url, cloud.fc.triggerUrl);
  const { connection: _, 'content-length': __, host, ...rest } = headers;
  const passed = Object.entries(rest).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  const answer = await fetch(target, {
    method,
    headers: [
      ...passed.map(([name = '', value = '']): [string, string] => [name, value]),
      ['x-forwarded-host', host ?? ''],
    ],
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
