import { readFileSync } from 'node:fs';
import { readInstanceIds } from '../../portal/core/instance-ids.ts';
import { filterOf } from '../../portal/core/target.ts';
import { WrongUse } from '../failure.ts';
import type { TargetOptions } from '../options.ts';
import { publicKeyLine } from '../public-key.ts';

/** Which key, and where; `isWide`: in more than one place, or under more than one name. */
export type Scope = {
  readonly fields: { readonly RegionId: string | readonly string[]; readonly [field: string]: unknown };
  /** What a person calls the key: its name, or the file of the public key. */
  readonly keyName: string;
  readonly isWide: boolean;
};

export type Choice =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'all'; readonly filter: object };

/** Throws `WrongUse` for what cannot be meant. What the values have to look like is the function's to say. */
export function readScope(options: TargetOptions): Scope {
  const { region, keyPair, publicKey, roleArn, allowDifferentKeys } = options;
  if (region === undefined) throw new WrongUse('Say where the instances are: --region cn-hangzhou');
  if ((keyPair === undefined) === (publicKey === undefined)) {
    throw new WrongUse('Say which key pair: either --key-pair NAME or --public-key FILE');
  }
  const regions = oneOrMore(region, '--region');
  const roles = roleArn === undefined ? undefined : oneOrMore(roleArn, '--role-arn');
  const isWide = publicKey !== undefined || isSeveral(regions) || (roles !== undefined && isSeveral(roles));
  if (isWide && options.all === undefined) {
    throw new WrongUse('Several regions, several roles and --public-key need --all: instance ids belong to one region');
  }
  return {
    fields: {
      RegionId: regions,
      ...(keyPair !== undefined && { KeyPairName: keyPair }),
      ...(publicKey !== undefined && { PublicKey: publicKeyLine(readText(publicKey), publicKey) }),
      ...(roles !== undefined && { RoleArn: roles }),
      ...(allowDifferentKeys && { AllowDifferentKeys: true }),
    },
    keyName: keyPair ?? publicKey ?? '',
    isWide,
  };
}

export function readChoice({ instances, all, tag }: TargetOptions): Choice {
  if ((instances === undefined) === (all === undefined)) {
    throw new WrongUse('Say which instances: either --instances i-…,i-… (or @FILE, or - for stdin) or --all');
  }
  if (instances !== undefined) {
    if (tag.length > 0) throw new WrongUse('--tag narrows --all: it does not go with --instances');
    return { kind: 'ids', ids: readIds(instances) };
  }
  const tags = tag.map((text) => {
    const [, key = '', value = ''] = /^([^=]*)=?([\s\S]*)$/.exec(text) ?? [];
    if (key === '') throw new WrongUse(`--tag takes KEY=VALUE, not "${text}"`);
    return { key, value };
  });
  return { kind: 'all', filter: filterOf(tags) };
}

/** The text of a file, or of stdin for `-`. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new WrongUse(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Where a list comes from, and its text: `@FILE`, `-` for stdin, or the option itself. */
export function readSource(given: string, option: string): readonly [source: string, content: string] {
  if (given === '-') return ['stdin', readText('-')];
  return given.startsWith('@') ? [given.slice(1), readText(given.slice(1))] : [option, given];
}

function readIds(text: string): readonly string[] {
  const [source, content] = readSource(text, '--instances');
  const { ids, strange } = readInstanceIds(content);
  if (strange.length > 0) {
    const named = strange.slice(0, 10).map((piece) => `"${shortened(piece.text)}"`);
    throw new WrongUse(
      `In ${source} there is what is no instance id: ${named.join(', ')}. One looks like i-bp1d6tsvznfghy7y0001`,
    );
  }
  if (ids.length === 0) throw new WrongUse(`There is no instance id in ${source}`);
  return ids;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function oneOrMore(text: string, name: string): string | readonly string[] {
  const all = text.split(',').map((part) => part.trim());
  if (all.some((part) => part === '')) throw new WrongUse(`${name} takes values separated by commas, not "${text}"`);
  const distinct = [...new Set(all)];
  const [only = ''] = distinct;
  return distinct.length === 1 ? only : distinct;
}

function isSeveral(value: string | readonly string[]): boolean {
  return value === '*' || typeof value !== 'string';
}
