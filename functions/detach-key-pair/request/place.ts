import type { PublicKey } from '../../../shared/public-key.ts';

/** An account and a region; without a role the account is the function's own. */
export type Place = { readonly regionId: string; readonly roleArn: string | undefined };

/** A key pair in a place. */
export type Where = Place & { readonly keyPairName: string };

/** What a wide request is about: the key pairs of one name, or those that hold one public key, in many places. */
export type Wide = {
  readonly kind: 'wide';
  /** `*`: all that this function may act in. */
  readonly regionIds: readonly string[] | '*';
  /** Undefined stands for the function's own account. */
  readonly roleArns: readonly (string | undefined)[];
  readonly key: WantedKey;
  /** Whether key pairs of one name may hold different keys. */
  readonly allowsDifferentKeys: boolean;
};

export type WantedKey =
  | { readonly kind: 'name'; readonly keyPairName: string }
  | { readonly kind: 'public key'; readonly publicKey: PublicKey };

/** Where a request acts: on one key pair in one place, or wherever its key is. */
export type Scope = { readonly kind: 'one'; readonly where: Where } | Wide;

/** The same text for the same place. */
export function placeKey({ regionId, roleArn = '' }: Place): string {
  return `${regionId} ${roleArn}`;
}

/** The same text for the same key pair in the same place. */
export function whereKey(where: Where): string {
  return `${where.keyPairName} ${placeKey(where)}`;
}
