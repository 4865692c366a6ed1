import { generateKeyPairSync } from 'node:crypto';

/** The public keys of a test, made without ssh-keygen: machines without OpenSSH run these tests too. */
export type Keys = {
  /** `type base64` of the key that is to be removed. */
  readonly leaked: string;
  /** The same RSA key with superfluous zeros before its exponent, or its modulus: other base64, and sshd accepts it. */
  readonly zerosInExponent: string;
  readonly zerosInModulus: string;
  readonly other: string;
};

export function makeKeys(): Keys {
  const { e = '', n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const [exponent, modulus] = [Buffer.from(e, 'base64url'), Buffer.from(n, 'base64url')];
  const rsa = (zerosBeforeE: number, zerosBeforeN: number) =>
    line(
      'ssh-rsa',
      Buffer.concat([Buffer.alloc(zerosBeforeE), exponent]),
      Buffer.concat([Buffer.alloc(zerosBeforeN), modulus]),
    );
  return {
    leaked: rsa(0, 1), // one zero keeps the modulus positive
    zerosInExponent: rsa(3, 1),
    zerosInModulus: rsa(0, 4),
    other: line('ssh-ed25519', Buffer.from(x, 'base64url')),
  };
}

/** A key with which ssh can log in. */
export function makeKeyFile(): { readonly pem: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  const modulus = Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')]);
  return {
    pem: String(privateKey.export({ type: 'pkcs1', format: 'pem' })),
    publicKey: line('ssh-rsa', Buffer.from(e, 'base64url'), modulus),
  };
}

function line(type: string, ...fields: Buffer[]): string {
  const blob = Buffer.concat([Buffer.from(type), ...fields].flatMap((field) => [length(field), field]));
  return `${type} ${blob.toString('base64')}`;
}

function length(field: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(field.length);
  return bytes;
}
