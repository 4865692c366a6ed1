import type { WireTypes } from './wire-types.ts';

/**
 * What is not known of the real service, or differs between its documents: each switch is one such point. The defaults
 * are the operation's page where it speaks, else the stricter reading.
 */
export interface Switches {
  /** An unknown, malformed or foreign instance id: the whole call is refused, or that item fails. */
  badInstance: 'refuse' | 'item';
  /** The page lists DependencyViolation.WindowsInstance as the call's error; AttachKeyPair has it per item. */
  windowsInstance: 'refuse' | 'item';
  /** Detaching from an instance that does not have the key pair. */
  notBound: 'success' | 'refuse' | 'item';
  /** Detaching from an instance that is Pending, Starting or Stopping. */
  betweenStates: 'success' | 'item';
  /** JSON types of the answer's leaves: three documents, three mixes. */
  wireTypes: WireTypes;
  /** Whether the answer repeats KeyPairName; `auto`: unless wireTypes is `captured`. */
  keyPairNameInAnswer: boolean | 'auto';
  /** Whether Results lists everything. The page's own sample counts two instances and lists one. */
  omitItems: 'none' | 'last' | 'successful' | 'all';
  itemOrder: 'request' | 'reversed';
  /** TotalCount is "instances from which you want to unbind" on one page, those unbound on another. */
  totalCount: 'requested' | 'unbound';
  /** Throttling is 400 in the common error table, 403 and 429 elsewhere. */
  throttleStatus: 400 | 403 | 429;
  throttleCode: 'Throttling' | 'Throttling.User' | 'Throttling.Api';
  /** Whether a throttled answer says when to come again (`x-acs-retry-after`, milliseconds). */
  retryAfterHint: boolean;
  /** An instance on which a command cannot run: the whole RunCommand is refused, or it has a status of its own. */
  commandOnBadInstance: 'refuse' | 'status';
  /** Describe operations without permission: refused (since 2025-12-20), or an empty list (before). */
  describeWithoutPermission: 'forbidden' | 'empty';
}

export const DEFAULT_SWITCHES: Readonly<Switches> = {
  badInstance: 'refuse',
  windowsInstance: 'refuse',
  notBound: 'success',
  betweenStates: 'success',
  wireTypes: 'strings',
  keyPairNameInAnswer: 'auto',
  omitItems: 'none',
  itemOrder: 'request',
  totalCount: 'requested',
  throttleStatus: 400,
  throttleCode: 'Throttling.User',
  retryAfterHint: false,
  commandOnBadInstance: 'refuse',
  describeWithoutPermission: 'forbidden',
};
