import http, { type RequestOptions } from 'node:http';
import https from 'node:https';

// A warm function finds its connections open, and never has more of them than calls at once.
const plain = { open: http.request, agent: new http.Agent({ keepAlive: true }) };
const secure = { open: https.request, agent: new https.Agent({ keepAlive: true }) };

export type WireAnswer = { statusCode: number; headers: Record<string, unknown>; body: string };

/** One request → its answer, whatever its status. Throws what Node says of the connection; `exchange` sees to its time. */
export function send({ origin, ...options }: RequestOptions & { origin: string }, body: unknown): Promise<WireAnswer> {
  const { protocol, hostname, port } = new URL(origin);
  const { open, agent } = protocol === 'https:' ? secure : plain;
  return new Promise((resolve, reject) => {
    const request = open({ ...options, hostname, port, agent });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ statusCode, headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    if (Buffer.isBuffer(body)) request.write(body); // in a chunk, as the SDK's streams go
    request.end();
  });
}
