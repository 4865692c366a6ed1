import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * Answers DetachKeyPair with success, checks nothing and costs next to nothing: for rows about our own work, which the
 * local cloud's (it verifies every signature) would drown. An answer comes `latencyMs` after its request has arrived.
 */
export async function startBare(
  latencyMs: number,
  certificate: { key: string; cert: string },
): Promise<{ endpoint: string; tlsEndpoint: string }> {
  const listener: RequestListener = (request, response) => {
    const due = performance.now() + latencyMs;
    request.resume();
    request.on('end', () => {
      const text = answerTo(request);
      const left = due - performance.now();
      if (latencyMs === 0) send(response, text);
      else setTimeout(send, left, response, text);
    });
  };
  const [plain, secure] = [createServer(listener), createTlsServer(certificate, listener)];
  for (const server of [plain, secure]) {
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  return { endpoint: `http://${hostOf(plain.address())}`, tlsEndpoint: `https://${hostOf(secure.address())}` };
}

function answerTo({ url = '' }: IncomingMessage): string {
  const { searchParams } = new URL(url, 'http://bare');
  const ids: string[] = JSON.parse(searchParams.get('InstanceIds') ?? '[]');
  const items = ids.map((InstanceId) => ({ Code: '200', Message: 'successful', InstanceId, Success: 'true' }));
  return JSON.stringify({
    RequestId: '473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E',
    KeyPairName: searchParams.get('KeyPairName'),
    TotalCount: String(ids.length),
    FailCount: '0',
    Results: { Result: items },
  });
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    'content-type': 'application/json;charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-acs-request-id': '473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E',
  });
  response.end(text);
}

function hostOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return `127.0.0.1:${address.port}`;
}
