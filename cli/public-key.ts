import { createPublicKey, type KeyObject } from 'node:crypto';
import { parsePublicKey, publicKeyErrorOf } from '../shared/public-key.ts';
import { WrongUse } from './failure.ts';

/**
 * The text of a key file → its public key as one OpenSSH line. Of a private key the public half is computed here, or
 * read where it stands in clear beside the encrypted half. Throws `WrongUse`, which never repeats the text.
 */
export function publicKeyLine(text: string, file: string): string {
  const line = lineOf(text.replace(/^\ufeff/, ''));
  if (line === undefined) {
    throw new WrongUse(
      `${file} holds no key that can be read: give a public key file, or a private one that is not encrypted`,
    );
  }
  try {
    parsePublicKey(line);
  } catch (error) {
    throw new WrongUse(`${file} cannot be used: ${publicKeyErrorOf(error).message}`);
  }
  return line;
}

function lineOf(text: string): string | undefined {
  const openSsh = bodyOf(text, /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/);
  if (openSsh) return lineOfBlob(publicBlobOf(openSsh));
  const putty = /^Public-Lines: (\d+)\r?\n([\s\S]*)/m.exec(text);
  if (putty)
    return lineOfBlob(Buffer.from((putty[2] ?? '').split(/\r?\n/).slice(0, Number(putty[1])).join(''), 'base64'));
  const ssh2 = /---- BEGIN SSH2 PUBLIC KEY ----\r?\n([\s\S]+?)---- END/.exec(text)?.[1];
  if (ssh2) return lineOfBlob(Buffer.from(ssh2.replace(/^[\w-]+:.*(\\\r?\n.*)*$/gm, ''), 'base64'));
  if (/-----BEGIN/.test(text)) return lineOfPem(text);
  return text
    .trim()
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

function bodyOf(text: string, pattern: RegExp): Buffer | undefined {
  const base64 = pattern.exec(text)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

const MAGIC = 'openssh-key-v1\0';

/** OpenSSH's PROTOCOL.key: the public key stands in clear, before what may be encrypted. */
function publicBlobOf(key: Buffer): Buffer {
  if (key.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return Buffer.alloc(0);
  let at = MAGIC.length;
  const field = () => {
    const end = at + 4 + (at + 4 <= key.length ? key.readUInt32BE(at) : 0);
    const value = key.subarray(at + 4, end);
    at = end;
    return value;
  };
  field(); // cipher
  field(); // key derivation
  field(); // its options
  at += 4; // number of keys, which is one
  return field();
}

function lineOfBlob(blob: Buffer): string | undefined {
  if (blob.length < 4) return undefined;
  const type = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1');
  return /^[a-z0-9@.-]+$/.test(type) ? `${type} ${blob.toString('base64')}` : undefined;
}

function lineOfPem(text: string): string | undefined {
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    return undefined;
  }
  const { kty, crv, n, e, x, y } = key.export({ format: 'jwk' });
  const bytes = (value: string | undefined) => Buffer.from(value ?? '', 'base64url');
  if (kty === 'RSA')
    return lineOfBlob(Buffer.concat([packed('ssh-rsa'), packed(positive(bytes(e))), packed(positive(bytes(n)))]));
  if (crv === 'Ed25519') return lineOfBlob(Buffer.concat([packed('ssh-ed25519'), packed(bytes(x))]));
  const curve = /^P-(256|384|521)$/.exec(crv ?? '')?.[1];
  if (kty !== 'EC' || curve === undefined) return undefined;
  const point = Buffer.concat([Buffer.of(4), bytes(x), bytes(y)]);
  return lineOfBlob(Buffer.concat([packed(`ecdsa-sha2-nistp${curve}`), packed(`nistp${curve}`), packed(point)]));
}

function packed(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** RFC 4251, 5: a number whose first bit is set would be negative. */
function positive(number: Buffer): Buffer {
  return (number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), number]) : number;
}
