import { publicHalf } from './public-half.ts';
import { readList, readText } from './read-list.ts';
import { UsageError } from './terminal.ts';

/** The options that say what a request is about and how: those of every command that sends one. */
export type RequestOptions = {
  readonly region?: string;
  readonly keyPair?: string;
  readonly publicKey?: string;
  readonly instances?: string;
  readonly all?: boolean;
  readonly tag?: readonly string[];
  readonly roleArn?: string;
  readonly allowDifferentKeys?: boolean;
  readonly reboot?: boolean;
  readonly force?: boolean;
  readonly batchSize?: number;
  readonly interval?: number;
  readonly delay?: number;
  readonly maxErrors?: string;
  readonly healthTimeout?: number;
  readonly ready?: string;
  readonly notBefore?: string;
  readonly online?: boolean;
  readonly since?: string;
  readonly continue?: boolean;
};

/** Where the key is: the fields that every request of a command has. */
export type Where = {
  readonly RegionId: string | readonly string[];
  readonly KeyPairName?: string;
  readonly PublicKey?: string;
  readonly RoleArn?: string | readonly string[];
  readonly AllowDifferentKeys?: true;
};

export type Choice = { readonly InstanceIds: readonly string[] } | { readonly Filter: object };

/** Options → where the key is. The values are the function's to check: it names the field and the cure. */
export function whereOf(options: RequestOptions): Where {
  const { region, keyPair, publicKey, roleArn, allowDifferentKeys } = options;
  if (region === undefined) throw new UsageError("--region is missing: cn-hangzhou, a list, or '*' for all");
  if ((keyPair === undefined) === (publicKey === undefined)) {
    throw new UsageError('say which key: --key-pair NAME, or --public-key FILE');
  }
  return {
    RegionId: oneOrMore(region),
    ...(keyPair !== undefined && { KeyPairName: keyPair }),
    ...(publicKey !== undefined && { PublicKey: publicHalf(readText(publicKey, '--public-key')) }),
    ...(roleArn !== undefined && { RoleArn: oneOrMore(roleArn) }),
    ...(allowDifferentKeys && { AllowDifferentKeys: true }),
  };
}

/** Options → which instances. */
export function choiceOf({ instances, all, tag }: RequestOptions): Choice {
  const isFilter = all || tag !== undefined;
  if ((instances !== undefined) === isFilter) {
    throw new UsageError(
      'say which instances: --instances a,b (or @FILE, or - for standard input), or --all, or --tag KEY=VALUE',
    );
  }
  if (instances !== undefined) return { InstanceIds: [...new Set(readList(instances, '--instances'))] };
  return { Filter: tag === undefined ? {} : { Tags: tag.map(readTag) } };
}

/** Whether the request is about several places or names of a key: then it is one request, of which each item says where. */
export function isWide({ RegionId, RoleArn, PublicKey }: Where): boolean {
  return [RegionId, RoleArn].some((value) => Array.isArray(value) || value === '*') || PublicKey !== undefined;
}

/** Options → the fields of a detach beside where and which. */
export function changeOf(options: RequestOptions) {
  const { online, since } = options;
  const Reboot = rebootOf(options);
  return {
    ...(Reboot && { Reboot }),
    ...(online && { Online: true }),
    ...(since !== undefined && { DetachedSince: since }),
    ...(options.continue && { Continue: true }),
  };
}

/** Any option of the restarts asks for them. */
export function rebootOf(options: RequestOptions): object | undefined {
  const { force, batchSize, interval, delay, maxErrors, healthTimeout, ready, notBefore } = options;
  const fields = {
    ...(force && { ForceReboot: true }),
    ...(batchSize !== undefined && { BatchSize: batchSize }),
    ...(interval !== undefined && { IntervalSeconds: interval }),
    ...(delay !== undefined && { DelaySeconds: delay }),
    ...(maxErrors !== undefined && { MaxErrors: /^\d+$/.test(maxErrors) ? Number(maxErrors) : maxErrors }),
    ...(healthTimeout !== undefined && { HealthTimeoutSeconds: healthTimeout }),
    ...(ready !== undefined && { Ready: ready }),
    ...(notBefore !== undefined && { NotBefore: notBefore }),
  };
  return options.reboot || Object.keys(fields).length > 0 ? fields : undefined;
}

function oneOrMore(text: string): string | readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  const [only = ''] = entries;
  return entries.length === 1 ? only : entries;
}

function readTag(text: string) {
  const [Key = '', ...value] = text.split('=');
  if (Key === '') throw new UsageError(`--tag takes KEY=VALUE or KEY, not "${text}"`);
  return { Key, ...(value.length > 0 && { Value: value.join('=') }) };
}
