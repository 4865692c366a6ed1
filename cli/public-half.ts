import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { holdsPrivateKey, parsePublicKey, publicKeyErrorOf } from '../shared/public-key.ts';
import { UsageError } from './terminal.ts';

const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/;
const MAGIC = 'openssh-key-v1\0';

/**
 * The OpenSSH public line of a key file. Of a private key only its public half is read, here on this machine; in the
 * format of OpenSSH it lies before the encrypted part, so that no passphrase is needed. Throws `UsageError`.
 */
export function publicHalf(text: string): string {
  const openSsh = OPENSSH.exec(text);
  if (openSsh) return ofOpenSsh(Buffer.from(openSsh[1] ?? '', 'base64'));
  if (holdsPrivateKey(text)) return ofPem(text);
  try {
    const { type, blob } = parsePublicKey(text);
    return `${type} ${blob}`;
  } catch (error) {
    throw new UsageError(`--public-key: ${publicKeyErrorOf(error).message}`);
  }
}

/** `openssh-key-v1`: cipher, kdf, kdf options, number of keys, then the public key (PROTOCOL.key of OpenSSH). */
function ofOpenSsh(bytes: Buffer): string {
  const reader = { at: MAGIC.length };
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) throw new UsageError(BROKEN);
  for (let k = 0; k < 3; k++) readField(bytes, reader);
  reader.at += 4;
  const blob = readField(bytes, reader);
  const type = readField(blob, { at: 0 }).toString('latin1');
  return publicHalf(`${type} ${blob.toString('base64')}`);
}

function readField(bytes: Buffer, reader: { at: number }): Buffer {
  if (reader.at + 4 > bytes.length) throw new UsageError(BROKEN);
  const end = reader.at + 4 + bytes.readUInt32BE(reader.at);
  if (end > bytes.length) throw new UsageError(BROKEN);
  const field = bytes.subarray(reader.at + 4, end);
  reader.at = end;
  return field;
}

const BROKEN = '--public-key: the private key is cut off or damaged';

function ofPem(text: string): string {
  try {
    return fromJwk(createPublicKey(text).export({ format: 'jwk' }));
  } catch {
    throw new UsageError(
      '--public-key: the public half of this private key cannot be read (is it encrypted?): write it with `ssh-keygen -y -f FILE > FILE.pub`, and give that file',
    );
  }
}

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' };

function fromJwk({ kty, n = '', e = '', crv = '', x = '', y = '' }: JsonWebKey): string {
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  const curve = CURVES[crv];
  if (kty === 'RSA') return line('ssh-rsa', [unsigned(bytes(e)), unsigned(bytes(n))]);
  if (kty === 'OKP' && crv === 'Ed25519') return line('ssh-ed25519', [bytes(x)]);
  if (kty === 'EC' && curve) {
    const point = Buffer.concat([Buffer.of(4), bytes(x), bytes(y)]);
    return line(`ecdsa-sha2-${curve}`, [Buffer.from(curve), point]);
  }
  throw new UsageError(`--public-key: SSH has no keys of type ${kty} ${crv}`);
}

/** A number of RFC 4251 is signed: one that begins with a set bit has a zero before it. */
function unsigned(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

function line(type: string, fields: readonly Buffer[]): string {
  const parts = [Buffer.from(type), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${type} ${Buffer.concat(parts).toString('base64')}`;
}
