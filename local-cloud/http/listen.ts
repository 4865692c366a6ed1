import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';

// Above every limit imitated here, so that the refusal is the service's own and not Node's 431.
const MAX_HEADER_BYTES = 64 * 1024;

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface Listening {
  readonly port: number;
  /** Closes the connections that carry no request now. */
  dropIdle(): void;
  /** Closes the port and every connection at once. */
  close(): Promise<void>;
}

export interface ListenOptions {
  port?: number;
  tls?: { key: string; cert: string };
}

/** Loopback only: nothing outside this machine can reach the local cloud. */
export async function listen(listener: Listener, { port = 0, tls }: ListenOptions = {}): Promise<Listening> {
  const server = tls ? createTlsServer(tls, listener) : createServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener);
  // Clients keep connections alive; a server that drops idle ones early makes them see resets that no test scripted.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return {
    port: portOf(server),
    dropIdle: () => server.closeIdleConnections(),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
