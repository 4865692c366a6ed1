import { holdsPrivateKey } from './private-key.ts';

/** An SSH public key. Two texts are one key when type and blob are equal: the comment is not part of it. */
export type PublicKey = {
  readonly type: string;
  /** Base64 of the wire format (RFC 4253, 6.6), numbers without superfluous leading zeros. */
  readonly blob: string;
};

/** Why a text is not one OpenSSH public key. It never repeats the text, which may be a secret. */
export class PublicKeyError extends Error {
  override readonly name = 'PublicKeyError';
}

/** What `parsePublicKey` has thrown, as a value; anything else is a bug: rethrown. */
export function publicKeyErrorOf(error: unknown): PublicKeyError {
  if (error instanceof PublicKeyError) return error;
  throw error;
}

/**
 * The key of one OpenSSH line, `ssh-ed25519 AAAA… comment`, with one line end after it or none. Throws `PublicKeyError`
 * for anything else: options, several lines, other formats, a private key, a blob that does not name its own type.
 */
export function parsePublicKey(text: string): PublicKey {
  if (holdsPrivateKey(text)) throw new PublicKeyError(IS_PRIVATE);
  const other = OTHER_FORMATS.find(([pattern]) => pattern.test(text));
  if (other) throw new PublicKeyError(other[1]);
  const line = text.replace(/\r?\n$/, '');
  if (/[\r\n]/.test(line)) throw new PublicKeyError('it has several lines: send one key, as one line');
  const [type = '', base64 = ''] = line.trim().split(/[ \t]+/);
  const layout = LAYOUTS.get(type);
  if (!layout) throw new PublicKeyError(whyNoType(line));
  const fields = readFields(base64);
  if (text8(fields[0]) !== type) throw new PublicKeyError(`the data after ${type} is a key of another type`);
  const values = fields.slice(1);
  if (values.length !== layout.length || !layout.every((isField, k) => isField(values[k] ?? NOTHING))) {
    throw new PublicKeyError(`the data after ${type} is not a whole key`);
  }
  const canonical = [
    fields[0] ?? NOTHING,
    ...values.map((value, k) => (layout[k] === isNumber ? trimmed(value) : value)),
  ];
  return { type, blob: base64Of(canonical) };
}

export function isSameKey(a: PublicKey, b: PublicKey): boolean {
  return a.type === b.type && a.blob === b.blob;
}

const IS_PRIVATE =
  'it is a private key, which must not leave its machine: send the public half, the line that `ssh-keygen -y -f FILE` prints';

const OTHER_FORMATS: readonly (readonly [RegExp, string])[] = [
  [/BEGIN SSH2 PUBLIC KEY/, 'it is in the format of RFC 4716: send the line that `ssh-keygen -i -f FILE` prints'],
  [
    /BEGIN (RSA )?PUBLIC KEY/,
    'it is in PEM format: send the line that `ssh-keygen -i -m PKCS8 -f FILE` (or `-m PEM`) prints',
  ],
  [/BEGIN CERTIFICATE/, 'it is a certificate: send the public key as one line of OpenSSH'],
];

function whyNoType(line: string): string {
  const types = [...LAYOUTS.keys()];
  return line.split(/[\s,"]+/).some((word) => LAYOUTS.has(word))
    ? 'something stands before the key type: leave out the options of authorized_keys'
    : `it does not begin with a key type (${types.join(', ')})`;
}

type IsField = (value: Uint8Array) => boolean;
const NOTHING = new Uint8Array();
const isNumber: IsField = (value) => value.some((byte) => byte !== 0);
const hasLength =
  (length: number): IsField =>
  (value) =>
    value.length === length;
const isName =
  (name: string): IsField =>
  (value) =>
    text8(value) === name;
const isText: IsField = (value) => value.length > 0;

/** What follows the type: RFC 4253 (rsa), 5656 (ecdsa), 8709 (ed25519), OpenSSH's PROTOCOL.u2f (sk-). */
const LAYOUTS: ReadonlyMap<string, readonly IsField[]> = new Map<string, readonly IsField[]>([
  ['ssh-rsa', [isNumber, isNumber]],
  ['ssh-ed25519', [hasLength(32)]],
  ['ecdsa-sha2-nistp256', [isName('nistp256'), hasLength(65)]],
  ['ecdsa-sha2-nistp384', [isName('nistp384'), hasLength(97)]],
  ['ecdsa-sha2-nistp521', [isName('nistp521'), hasLength(133)]],
  ['sk-ssh-ed25519@openssh.com', [hasLength(32), isText]],
  ['sk-ecdsa-sha2-nistp256@openssh.com', [isName('nistp256'), hasLength(65), isText]],
]);

/** Length-prefixed fields (RFC 4251, 5) that fill the data to its last byte. */
function readFields(base64: string): Uint8Array[] {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) {
    throw new PublicKeyError('the data after the key type is not whole base64: it may have been cut off or wrapped');
  }
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const fields: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 <= bytes.length ? at + 4 + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw new PublicKeyError('the data after the key type ends too early: it has been cut off');
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** A number with the one leading zero that keeps it positive, or none: OpenSSH takes more, and it is the same key. */
function trimmed(number: Uint8Array): Uint8Array {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = number.subarray(first);
  return (digits[0] ?? 0) < 0x80 ? digits : Uint8Array.of(0, ...digits);
}

function base64Of(fields: readonly Uint8Array[]): string {
  const bytes = fields.flatMap((field) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, field.length);
    return [...length, ...field];
  });
  return btoa(String.fromCharCode(...bytes));
}

function text8(bytes: Uint8Array = NOTHING): string {
  return String.fromCharCode(...bytes);
}
