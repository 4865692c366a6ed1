import type { Operation } from '../retry/call-limit.ts';

/**
 * The operations of ECS that we use, named as ECS names them. Every method throws `CallError` and nothing else, and is
 * over, its socket included, when `timeoutMs` have passed.
 */
export type Ecs = {
  /** At most 50 ids: https://help.aliyun.com/document_detail/51776.html */
  readonly detachKeyPair: Operation<DetachKeyPair, DetachAnswer>;
  /** At most 100 ids, or a page of at most 100 instances. */
  readonly describeInstances: Operation<InstanceQuery, InstancePage>;
  readonly keyPairExists: Operation<KeyPairQuery, boolean>;
  /** The OpenSSH line of the key pair; undefined where ECS does not show it. */
  readonly publicKeyOf: Operation<KeyPairQuery, string | 'no key pair' | undefined>;
  /** A page of at most 50 key pairs, with their public keys. */
  readonly describeKeyPairs: Operation<KeyPairsQuery, KeyPairPage>;
  /** The ids of the regions that the account may use. */
  readonly describeRegions: Operation<RegionsQuery, readonly string[]>;
  /** At most 100 ids, each on its own (`SuccessFirst`): https://help.aliyun.com/document_detail/155373.html */
  readonly rebootInstances: Operation<RebootInstances, readonly RebootItem[]>;
  /**
   * The time, ms since the epoch: the later of this machine's and of ECS's last answer. A function's clock may lag when it
   * was frozen, and what is compared with ECS's times must not be earlier than they are.
   */
  now(): number;
};

export type DetachKeyPair = {
  readonly regionId: string;
  readonly keyPairName: string;
  readonly instanceIds: readonly string[];
};

export type KeyPairQuery = { readonly regionId: string; readonly keyPairName: string };

/** Without a name: all of the region. Pages count from 1. */
export type KeyPairsQuery = { readonly regionId: string; readonly keyPairName?: string; readonly pageNumber: number };

export type KeyPairPage = {
  readonly keyPairs: readonly KeyPair[];
  /** Of all pages; undefined where ECS does not say. */
  readonly totalCount: number | undefined;
};

/** `publicKey`: one OpenSSH line; undefined where ECS does not show it. */
export type KeyPair = { readonly keyPairName: string; readonly publicKey: string | undefined };

export type RebootInstances = {
  readonly regionId: string;
  readonly instanceIds: readonly string[];
  readonly force: boolean;
};

/** `code` is `200` for an instance that is being rebooted. */
export type RebootItem = { readonly instanceId: string; readonly code: string; readonly message: string };

/** An answer read for what it says, whatever JSON types it used. `failCount` is undefined when it was not there. */
export type DetachAnswer = { readonly failCount: number | undefined; readonly items: readonly DetachItem[] };

export type DetachItem = {
  readonly instanceId: string;
  readonly success: boolean;
  readonly code: string;
  readonly message: string;
};

/** All of them. */
export type RegionsQuery = Record<string, never>;

export type InstanceQuery = {
  readonly regionId: string;
  readonly instanceIds?: readonly string[];
  readonly keyPairName?: string;
  readonly tags?: readonly { readonly key: string; readonly value?: string }[];
  readonly nextToken?: string;
  /** From 1: pages of 100 by their number, ECS's older way, instead of by token. */
  readonly pageNumber?: number;
  /** With what tells a person which instance it is. */
  readonly detailed?: boolean;
};

export type InstancePage = {
  readonly instances: readonly Instance[];
  readonly nextToken: string | undefined;
  /** All that match, where ECS counts them; the operation's page says that it means nothing once a token is used. */
  readonly totalCount: number | undefined;
};

export type Instance = {
  readonly instanceId: string;
  /** `Running`, `Stopped`, or one of the states between. */
  readonly status: string;
  readonly windows: boolean;
  readonly keyPairName: string | undefined;
  /** Start of the last run in ms since the epoch, to the minute; undefined when never started. */
  readonly startedAt: number | undefined;
  readonly details?: InstanceDetails;
};

/** What a person knows an instance by, as far as ECS shows it. */
export type InstanceDetails = {
  readonly name?: string;
  readonly zoneId?: string;
  readonly privateIp?: string;
  readonly publicIp?: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
};

export const DETACH_BATCH = 50;
export const KEY_PAIRS_PAGE = 50;
export const DESCRIBE_BATCH = 100;
