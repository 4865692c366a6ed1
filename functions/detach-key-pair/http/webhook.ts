import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UnknownRecord } from '../../../shared/record.ts';
import { asToken } from '../request/idempotency-key.ts';
import { parseObject } from '../request/parse-json.ts';
import { invalid, RequestError } from '../request/request-error.ts';
import type { HttpRequest } from './http-request.ts';
import { type Body, isJson } from './read-body.ts';

/** How far the sender's clock and ours may be apart, by https://www.standardwebhooks.com. */
const TOLERANCE_SECONDS = 5 * 60;
/** A sender that rotates its secret signs with two; many more only cost time. */
const MAX_SIGNATURES = 20;

/** A webhook's fields, and the secret that it was signed with. */
export type SignedRequest = { readonly fields: UnknownRecord; readonly secret: string };

/**
 * A POST of JSON, signed by one of the secrets as https://www.standardwebhooks.com has it. Nothing outside the body is
 * read but the message's id, which is the token. What costs nothing is checked first: the body is decoded, and hashed,
 * only for a request that could be a webhook.
 */
export function readSignedFields(
  { method, headers }: HttpRequest,
  body: Body,
  secrets: readonly string[],
): SignedRequest {
  if (method !== 'POST') throw refusal('the method is not POST');
  if (!isJson(body)) throw refusal('the content type is not JSON');
  const { id, timestamp, signatures } = signatureHeaders(headers);
  const apart = Math.abs(Date.now() / 1_000 - Number(timestamp));
  if (!/^\d{1,12}$/.test(timestamp)) throw refusal('webhook-timestamp is not a time in seconds');
  if (apart > TOLERANCE_SECONDS) throw refusal('webhook-timestamp is more than 5 minutes away from the time here');
  if (signatures.length === 0) throw refusal('webhook-signature holds no signature of version v1');
  const bytes = bytesOf(body);
  const secret = secrets.find((candidate) => isSigned(`${id}.${timestamp}.`, bytes, candidate, signatures));
  if (secret === undefined) throw refusal('no secret of WEBHOOK_SECRETS gives this signature for this body');

  const fields = parseObject(body.text());
  const token = asToken(id);
  const { ClientToken = token } = fields;
  if (ClientToken !== token) {
    throw invalid('ClientToken', 'it differs from webhook-id, which is the token: leave it out');
  }
  return { fields: { ...fields, ClientToken }, secret };
}

/** The names of the scheme, or those that Svix, which it comes from, sends. */
function signatureHeaders(headers: HttpRequest['headers']) {
  const prefix = headers['webhook-id'] === undefined && headers['svix-id'] !== undefined ? 'svix' : 'webhook';
  const read = (name: string) => {
    const value = headers[`${prefix}-${name}`];
    if (!value) throw refusal(`the header ${prefix}-${name} is missing`);
    return value;
  };
  const signatures = read('signature')
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .slice(0, MAX_SIGNATURES)
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'));
  return { id: read('id'), timestamp: read('timestamp'), signatures };
}

/** What cannot be decoded was not signed. */
function bytesOf(body: Body): Buffer {
  try {
    return body.bytes();
  } catch {
    throw refusal('the body is not valid base64');
  }
}

function isSigned(prefix: string, bytes: Buffer, secret: string, signatures: readonly Buffer[]): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(prefix).update(bytes).digest();
  return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}

/** The answer says only that the signature is not valid: which check failed is for the log. */
function refusal(reason: string): RequestError {
  return new RequestError(
    401,
    'InvalidWebhookSignature',
    'Only a JSON body with a valid webhook signature is taken here.',
    {},
    reason,
  );
}
