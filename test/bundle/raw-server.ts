import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { portOf } from '../../local-cloud/http/listen.ts';

export type Canned = { status?: number; headers?: Record<string, string>; body?: string | Buffer };

/** Takes each request down to its bytes and answers it as it was told to. */
export type RawServer = {
  readonly address: string;
  /** Every request since the last time this was asked. */
  taken(): string[];
  answer(canned: Canned): void;
  close(): Promise<void>;
};

export async function startRawServer(tls?: { key: string; cert: string }): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let requests: string[] = [];
  let canned: Canned = {};
  const serve = (socket: Socket) => {
    sockets.add(socket);
    let received = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (!isWhole(received)) return;
      requests.push(received);
      received = '';
      socket.write(answerOf(canned));
    });
  };
  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${portOf(server)}`,
    taken() {
      const all = requests;
      requests = [];
      return all;
    },
    answer(next) {
      canned = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function isWhole(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = request.slice(0, end);
  const body = request.slice(end + 4);
  if (/^transfer-encoding: chunked$/im.test(head)) return body.endsWith('0\r\n\r\n');
  return body.length >= Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
}

function answerOf({ status = 200, headers = { 'content-type': 'application/json' }, body = '{}' }: Canned): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body) });
  const head = `HTTP/1.1 ${status} Said\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}
