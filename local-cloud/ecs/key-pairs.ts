import { createHash } from 'node:crypto';

/** The key pairs of one account in one region: each a name and the public key that it holds. */
export class KeyPairs {
  readonly #publicKeys = new Map<string, string | undefined>();

  get names(): readonly string[] {
    return [...this.#publicKeys.keys()];
  }

  has(name: string): boolean {
    return this.#publicKeys.has(name);
  }

  /** A name that is there already keeps its key, unless one is given. `null`: a key pair that does not show its key. */
  add(name: string, publicKey?: string | null): void {
    if (publicKey === undefined && this.has(name)) return;
    this.#publicKeys.set(name, publicKey === null ? undefined : (publicKey ?? publicKeyFor(name)));
  }

  delete(name: string): void {
    this.#publicKeys.delete(name);
  }

  /** One OpenSSH line; `undefined` where it is not shown. */
  publicKeyOf(name: string): string | undefined {
    return this.#publicKeys.get(name);
  }
}

/** An OpenSSH line in the right form, the same for the same name, that no private key belongs to. */
export function publicKeyFor(name: string): string {
  const wire = [Buffer.from('ssh-ed25519'), createHash('sha256').update(name).digest()].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `ssh-ed25519 ${Buffer.concat(wire).toString('base64')} ${name}`;
}
