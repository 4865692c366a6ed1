import { isRecord, recordOf, textOf } from '../../../shared/record.ts';
import type { HttpRequest } from './http-request.ts';
import type { HttpResponse } from './response.ts';

/** The response object of an HTTP function of FC 2.0: https://help.aliyun.com/document_detail/74756.html */
export type Fc2Response = {
  setStatusCode(status: number): void;
  setHeader(name: string, value: string): void;
  send(body: string): void;
};

/** FC 2.0 calls an HTTP function with `(request, response, context)`; what it passes second tells. */
export function isFc2Response(value: unknown): value is Fc2Response {
  return isRecord(value) && typeof value['setStatusCode'] === 'function' && typeof value['send'] === 'function';
}

/** The request is a readable stream with the rest of it as properties. */
export async function readFc2Request(request: unknown): Promise<HttpRequest> {
  const { method, path, queries, headers, clientIP } = recordOf(request);
  const lower = texts(headers, (name) => name.toLowerCase());
  return {
    method: (textOf(method) ?? 'GET').toUpperCase(),
    path: textOf(path) ?? '/',
    query: texts(queries, (name) => name),
    headers: lower,
    body: (await readBody(request)).toString('base64'),
    isBase64Encoded: true,
    sourceIp: textOf(clientIP) ?? '',
    userAgent: lower['user-agent'] ?? '',
    host: lower['host'] ?? '',
  };
}

export function sendFc2({ statusCode, headers, body }: HttpResponse, response: Fc2Response): void {
  response.setStatusCode(statusCode);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.send(body);
}

/** Repeated values come as an array here; FC 3.0 joins them with commas. */
function texts(value: unknown, nameOf: (name: string) => string): Record<string, string> {
  const read: Record<string, string> = Object.create(null);
  for (const [name, text] of Object.entries(recordOf(value))) {
    const joined = Array.isArray(text) ? text.filter((one) => typeof one === 'string').join(',') : text;
    if (typeof joined === 'string') read[nameOf(name)] = joined;
  }
  return read;
}

async function readBody(request: unknown): Promise<Buffer> {
  const parts: Buffer[] = [];
  if (isAsyncIterable(request)) for await (const part of request) parts.push(asBuffer(part));
  return Buffer.concat(parts);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isRecord(value) && Symbol.asyncIterator in value;
}

function asBuffer(part: unknown): Buffer {
  return part instanceof Uint8Array ? Buffer.from(part) : Buffer.from(String(part));
}
