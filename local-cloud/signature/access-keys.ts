import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Only temporary keys have one. */
  readonly securityToken?: string;
}

export interface KnownKey extends AccessKey {
  readonly accountId: string;
  /** Cloud time; a permanent key never expires. */
  expiresAt: number;
}

/** Every AccessKey pair this cloud knows, permanent and temporary. */
export class AccessKeys {
  readonly #keys = new Map<string, KnownKey>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The cloud's time. */
  now(): number {
    return this.#clock.now();
  }

  find(accessKeyId: string): KnownKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  issuePermanent(accountId: string): KnownKey {
    return this.#add({ ...pair('LTAI5t'), accountId, expiresAt: Number.POSITIVE_INFINITY });
  }

  /** As AssumeRole hands them out: the id of a temporary key starts with `STS.`. */
  issueTemporary(accountId: string, seconds: number): KnownKey & Required<AccessKey> {
    const securityToken = `CAIS${randomBytes(96).toString('base64')}`;
    return this.#add({ ...pair('STS.NT'), securityToken, accountId, expiresAt: this.#clock.now() + seconds * 1000 });
  }

  isExpired(key: KnownKey): boolean {
    return key.expiresAt <= this.#clock.now();
  }

  expireTemporary(): void {
    for (const key of this.#keys.values()) {
      if (key.securityToken !== undefined) key.expiresAt = this.#clock.now();
    }
  }

  #add<Key extends KnownKey>(key: Key): Key {
    this.#keys.set(key.accessKeyId, key);
    return key;
  }
}

function pair(prefix: string): AccessKey {
  return {
    accessKeyId: prefix + randomBytes(9).toString('hex'),
    accessKeySecret: randomBytes(15).toString('hex'),
  };
}
