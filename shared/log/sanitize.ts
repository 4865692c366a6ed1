import type { Credentials } from '../config/credentials.ts';

const MAX_MESSAGE_LENGTH = 1000;
/** Of a message: so much is looked at, for a pattern that tries each place costs the square of the length. */
const MAX_READ_LENGTH = 4 * MAX_MESSAGE_LENGTH;

/** Hides known secrets wherever they stand. Short ones stay: replacing them would shred every text. */
export function redactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const long = new Set(secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 8));
  let steps: Step[] | undefined; // most services say nothing that has to be hidden
  return (text) => {
    steps ??= [...long].flatMap((secret) => [hideEncoded(secret), ...base64Of(secret).map(hide)]);
    return steps.reduce((hidden, step) => step(hidden), text);
  };
}

type Step = (text: string) => string;

function hide(secret: string): Step {
  return (text) => text.replaceAll(secret, '***');
}

/** As it is, percent-encoded, even twice, or with JSON's escapes. The pattern is made for a text that may hold it alone. */
function hideEncoded(secret: string): Step {
  const [run = ''] = (secret.match(/[A-Za-z0-9]+/g) ?? []).sort((one, other) => other.length - one.length);
  let pattern: RegExp | undefined;
  return (text) => {
    if (!text.includes(run)) return text;
    pattern ??= new RegExp(Array.from(secret, encodings).join(''), 'g');
    return text.replace(pattern, '***');
  };
}

/** Letters and digits stand for themselves in all of them. */
function encodings(character: string): string {
  if (/^[A-Za-z0-9]$/.test(character)) return character;
  const plain = character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
  const unicode = `u${anyCase(character.charCodeAt(0).toString(16).padStart(4, '0'))}`;
  const bytes = [...Buffer.from(character)].map((byte) => `%(?:25){0,3}${anyCase(byte.toString(16).padStart(2, '0'))}`);
  const form = character === ' ' ? '|\\+' : '';
  return `(?:\\\\{0,4}(?:${plain}|${unicode})|${bytes.join('')}${form})`;
}

/** Where in base64 a secret begins depends on what precedes it, and its last characters on what follows. */
function base64Of(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]).toString('base64');
    const sure = text.slice(Math.ceil((before * 4) / 3)).replace(/.?.?=*$/, '');
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
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
