import { malformed, RequestError } from '../request/request-error.ts';
import type { HttpRequest } from './http-request.ts';

/** More than any request needs: 100,000 ids are 2.5 MB. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The body of a request, decoded once, when it is asked for. */
export type Body = {
  /** Of the `Content-Type`, without its parameters, in lower case; empty for none. */
  readonly mediaType: string;
  readonly isEmpty: boolean;
  /** As they were sent: what a signature is over. */
  bytes(): Buffer;
  /** Without a byte order mark. */
  text(): string;
};

/** Refuses a body that is too large by its length alone: it is not even decoded. */
export function openBody({ headers, body, isBase64Encoded }: HttpRequest): Body {
  const size = isBase64Encoded ? Math.floor((body.length * 3) / 4) - padding(body) : Buffer.byteLength(body);
  if (size > MAX_BODY_BYTES) {
    throw new RequestError(
      413,
      'RequestTooLarge',
      `The body is ${size} bytes, at most ${MAX_BODY_BYTES} are taken: that is more than 100,000 instance ids need.`,
    );
  }
  let decoded: Buffer | undefined;
  const bytes = () => {
    decoded ??= isBase64Encoded ? decode(body) : Buffer.from(body);
    return decoded;
  };
  return {
    mediaType: (headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase(),
    isEmpty: body === '',
    bytes,
    text: () => utf8(bytes()),
  };
}

/** FC's own clients send JSON as application/octet-stream. */
export function isJson({ mediaType }: Body): boolean {
  return (
    mediaType === '' || mediaType === 'application/octet-stream' || /^application\/([\w.-]+\+)?json$/.test(mediaType)
  );
}

function decode(base64: string): Buffer {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw malformed('it is not valid base64');
  return Buffer.from(base64, 'base64');
}

/** The decoder takes a byte order mark away. */
function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('it is not valid UTF-8');
  }
}

function padding(base64: string): number {
  return base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
}
