import { RequestError } from '../request/request-error.ts';
import type { HttpRequest } from './http-request.ts';

/** More than any request needs: 100,000 ids are 2.5 MB. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

type Body = Pick<HttpRequest, 'body' | 'isBase64Encoded'>;

/** From the text's length alone: what is too large is not even decoded. */
export function checkSize({ body, isBase64Encoded }: Body): void {
  const bytes = isBase64Encoded ? Math.floor((body.length * 3) / 4) - padding(body) : Buffer.byteLength(body);
  if (bytes > MAX_BODY_BYTES) {
    throw new RequestError(413, 'RequestTooLarge', `The body is ${bytes} bytes, at most ${MAX_BODY_BYTES} are taken.`);
  }
}

/** The bytes as they were sent: what a signature is over. */
export function bodyBytes({ body, isBase64Encoded }: Body): Buffer {
  if (!isBase64Encoded) return Buffer.from(body);
  if (body.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(body)) throw malformed('it is not valid base64');
  return Buffer.from(body, 'base64');
}

export function bodyText(body: Body): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bodyBytes(body));
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw malformed('it is not valid UTF-8');
  }
}

export function malformed(why: string): RequestError {
  return new RequestError(400, 'MalformedBody', `The request body cannot be read: ${why}.`);
}

function padding(base64: string): number {
  return base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
}
