import type { Credentials } from '../config/credentials.ts';

const MAX_MESSAGE_LENGTH = 1000;
/** Of a message: so much is looked at, for a pattern that tries each place costs the square of the length. */
const MAX_READ_LENGTH = 4 * MAX_MESSAGE_LENGTH;

/** Hides known secrets wherever they stand. Short ones stay: replacing them would shred every text. */
export function redactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const plain = secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 8);
  const known = [...new Set(plain.flatMap(formsOf))];
  return (text) => known.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

/** As it is, in a URL, and in base64, where the last characters depend on what follows. */
function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret)
      .toString('base64')
      .replace(/.?.?=*$/, ''),
  ];
}

export function secretsOf(credentials: Credentials | undefined): (string | undefined)[] {
  return [credentials?.accessKeySecret, credentials?.securityToken];
}

/**
 * A service's or an SDK's message, fit for an answer or a log line. `SignatureDoesNotMatch` carries the string that
 * was signed, which holds the security token; SDK errors carry the URL, which may hold a signature.
 */
export function sanitizeMessage(message: string): string {
  return message
    .slice(0, MAX_READ_LENGTH)
    .replace(/\(?server (string ?to ?sign|canonical ?request)[\s\S]*$/i, '')
    .trimEnd()
    .replace(/(https?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/gi, '$1')
    .replace(/\b(Signature|SecurityToken|AccessKeySecret|AccessKeyId|Credential)=[^&\s,]+/gi, '$1=***')
    .slice(0, MAX_MESSAGE_LENGTH);
}

export type Sanitize = (message: string) => string;

/** `sanitizeMessage`, for a service that is called with these credentials: it knows them, and might say them back. */
export function createSanitizer(credentials: Credentials): Sanitize {
  const hide = redactor(secretsOf(credentials));
  return (message) => sanitizeMessage(hide(message));
}
