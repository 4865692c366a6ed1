import http from 'node:http';
import https from 'node:https';

export type WireRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

export type Received = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** As long as FC lets a function run, and a little for the way. */
const PATIENCE_MS = 310_000;
/** More than FC's largest answer (32 MB): what goes on after it is none of the function's. */
const MAX_BYTES = 40 * 1024 * 1024;

/** One request, byte for byte as it is: nothing is added, nothing is followed. Rejects when no answer comes. */
export function send({ method, url, headers, body }: WireRequest): Promise<Received> {
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const sending = request(url, { method, headers: { ...headers, 'content-length': body.length } }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_BYTES) sending.destroy(new Error('the answer is longer than any of the function'));
        chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: texts(response.headers), body: Buffer.concat(chunks) }),
      );
    });
    sending.setTimeout(PATIENCE_MS, () => sending.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
    sending.on('error', reject);
    sending.end(body);
  });
}

function texts(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
