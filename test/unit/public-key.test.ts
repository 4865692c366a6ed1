import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsPrivateKey } from '../../shared/private-key.ts';
import { isSameKey, PublicKeyError, parsePublicKey } from '../../shared/public-key.ts';

const number = (base64url: string | undefined) => {
  const digits = Buffer.from(base64url ?? '', 'base64url');
  return (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits]);
};
const wire = (...fields: readonly (string | Uint8Array)[]) =>
  Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  ).toString('base64');
const jwkOf = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { e, n } = jwkOf(rsa.publicKey);
const RSA = `ssh-rsa ${wire('ssh-rsa', number(e), number(n))}`;
const ed = generateKeyPairSync('ed25519');
const ED_BYTES = Buffer.from(jwkOf(ed.publicKey).x ?? '', 'base64url');
const ED = `ssh-ed25519 ${wire('ssh-ed25519', ED_BYTES)}`;
const ec = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const POINT = Buffer.concat([Buffer.of(4), ...[ec.x, ec.y].map((half) => Buffer.from(half ?? '', 'base64url'))]);
const ECDSA = `ecdsa-sha2-nistp256 ${wire('ecdsa-sha2-nistp256', 'nistp256', POINT)}`;
// Made by ssh-keygen.
const PUBLISHED = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPQnB9fWGfqLA+VU3utyhZYdQVMycLX6q7dJdCrsAElM someone@example';

function refusal(text: string): string {
  try {
    parsePublicKey(text);
  } catch (error) {
    if (error instanceof PublicKeyError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('An OpenSSH public key', () => {
  it.each([
    ['RSA', RSA],
    ['ed25519', ED],
    ['ECDSA', ECDSA],
    ['made by ssh-keygen', PUBLISHED],
  ])('is read with and without a comment and a line end: %s', (_, line) => {
    const key = parsePublicKey(line);
    for (const same of [
      `${line} a comment of words`,
      `${line}\n`,
      `${line} c\r\n`,
      `  ${line}`,
      line.replace(' ', '\t'),
    ]) {
      expect(isSameKey(parsePublicKey(same), key)).toBe(true);
    }
    expect(line).toContain(`${key.type} ${key.blob}`);
  });

  it('is the same key when its numbers have superfluous leading zeros, which OpenSSH takes', () => {
    const zeros = Buffer.alloc(3);
    const padded = wire('ssh-rsa', Buffer.concat([zeros, number(e)]), Buffer.concat([zeros, number(n)]));
    expect(parsePublicKey(`ssh-rsa ${padded}`)).toEqual(parsePublicKey(RSA));
  });

  it('is another key when one bit differs', () => {
    fc.assert(
      fc.property(fc.nat(ED_BYTES.length - 1), fc.nat(7), (at, bit) => {
        const other = Buffer.from(ED_BYTES);
        other[at] = (other[at] ?? 0) ^ (1 << bit);
        return !isSameKey(parsePublicKey(`ssh-ed25519 ${wire('ssh-ed25519', other)}`), parsePublicKey(ED));
      }),
    );
  });

  it.each([
    ['two keys', `${ED}\n${RSA}`, 'several lines'],
    ['options of authorized_keys', `no-pty,command="ls" ${ED}`, 'before the key type'],
    ['an option that is not separated by a blank', `restrict ${ED}`, 'before the key type'],
    ['an unknown type', 'ssh-foo AAAA', 'does not begin with a key type'],
    ['nothing', '', 'does not begin with a key type'],
    ['the data alone', ED.split(' ')[1] ?? '', 'does not begin with a key type'],
    ['a type without data', 'ssh-rsa', 'not whole base64'],
    ['another type before the data', ED.replace('ssh-ed25519', 'ssh-rsa'), 'another type'],
    ['data that was cut off', ED.slice(0, -8), 'cut off'],
    ['data that lost its last character', ED.slice(0, -1), 'not whole base64'],
    ['data with one more field', `ssh-ed25519 ${wire('ssh-ed25519', ED_BYTES, 'more')}`, 'not a whole key'],
    [
      'data with bytes after the key',
      `ssh-ed25519 ${Buffer.concat([Buffer.from(wire('ssh-ed25519', ED_BYTES), 'base64'), Buffer.of(1, 2, 3)]).toString('base64')}`,
      'cut off',
    ],
    ['an RSA key without a modulus', `ssh-rsa ${wire('ssh-rsa', number(e), '')}`, 'not a whole key'],
    ['an ed25519 key of 31 bytes', `ssh-ed25519 ${wire('ssh-ed25519', ED_BYTES.subarray(1))}`, 'not a whole key'],
    [
      'a point on another curve',
      `ecdsa-sha2-nistp256 ${wire('ecdsa-sha2-nistp256', 'nistp384', POINT)}`,
      'not a whole key',
    ],
    ['RFC 4716', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----', 'RFC 4716'],
    ['PEM', rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString(), 'PEM'],
    ['PEM of PKCS #1', rsa.publicKey.export({ format: 'pem', type: 'pkcs1' }).toString(), 'PEM'],
  ])('is refused, with what to send instead, when it is %s', (_, text, why) => {
    expect(refusal(text)).toContain(why);
  });

  const privateKeys: readonly (readonly [string, string])[] = [
    ['PKCS #8', rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()],
    ['PKCS #1', rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }).toString()],
    [
      'encrypted',
      rsa.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'p' }).toString(),
    ],
    [
      "OpenSSH's own format",
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from('openssh-key-v1\0none').toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`,
    ],
    ["OpenSSH's own format without its frame", Buffer.from('openssh-key-v1\0none').toString('base64')],
    ['PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none'],
  ];

  it.each(privateKeys)('is refused as a private key, and not repeated, when it is %s', (_, text) => {
    const message = refusal(text);
    expect(message).toContain('private key');
    expect(message).toContain('ssh-keygen -y');
    for (const word of text.split(/\s+/).filter((part) => part.length > 20)) expect(message).not.toContain(word);
    expect(holdsPrivateKey(`some text, then ${text}`)).toBe(true);
  });

  it('is never mistaken for a private key', () => {
    for (const line of [RSA, ED, ECDSA]) expect(holdsPrivateKey(line)).toBe(false);
  });

  it('is a value or a PublicKeyError, whatever the text is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String().map((data) => `ssh-rsa ${data}`),
      fc.tuple(fc.nat(RSA.length), fc.string()).map(([at, noise]) => RSA.slice(0, at) + noise + RSA.slice(at + 1)),
    );
    fc.assert(
      fc.property(text, (line) => {
        try {
          return parsePublicKey(line).blob.length > 0;
        } catch (error) {
          return error instanceof PublicKeyError;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
