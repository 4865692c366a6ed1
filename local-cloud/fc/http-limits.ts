import { ApiError } from '../http/api-error.ts';
import type { WireRequest } from '../http/wire-request.ts';

// "HTTP trigger overview" and "Limits" in FC's documentation.
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_URL_BYTES = 4 * 1024;
const MAX_SYNC_BODY_BYTES = 32 * 1024 * 1024;
const MAX_ASYNC_BODY_BYTES = 128 * 1024;
const FORBIDDEN_ANSWER_HEADER = /^(x-fc-.*|connection|content-length|date|keep-alive|server|upgrade)$/i;

export function checkRequestSize({ headers, path, search }: WireRequest): void {
  if (headerBytes(headers) > MAX_HEADER_BYTES) throw invalid('The headers of the request are larger than 8 KB.');
  if (Buffer.byteLength(path + search) > MAX_URL_BYTES) throw invalid('Path and query are larger than 4 KB.');
}

export function checkBodySize(bytes: number, isAsync: boolean): void {
  const max = isAsync ? MAX_ASYNC_BODY_BYTES : MAX_SYNC_BODY_BYTES;
  if (bytes > max) throw invalid(`The body is ${bytes} bytes, at most ${max} are allowed.`);
}

/** The headers a function may set; FC drops the rest. */
export function allowedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const allowed = Object.entries(headers).filter(
    ([name, value]) =>
      !FORBIDDEN_ANSWER_HEADER.test(name) &&
      !(name.toLowerCase() === 'content-disposition' && value.startsWith('attachment')),
  );
  if (headerBytes(allowed) > MAX_HEADER_BYTES)
    throw new ApiError(502, 'BadResponse', 'The response headers are too large.');
  return Object.fromEntries(allowed);
}

function headerBytes(headers: readonly (readonly [string, string])[]): number {
  return headers.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'InvalidArgument', message);
}
