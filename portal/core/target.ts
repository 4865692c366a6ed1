import { KEY_PAIR_NAME, MAX_TAGS, ROLE_ARN } from '../../functions/detach-key-pair/request/patterns.ts';
import { REGION_ID } from '../../shared/messages/fields.ts';
import { isPublicKey } from './public-key.ts';

/** One key pair in one region of one account; without a role it is the function's own. */
export type Target = { readonly regionId: string; readonly keyPairName: string; readonly roleArn: string };

export type Tag = { readonly key: string; readonly value: string };

/** Which key, and where it is looked for. */
export type Scope = {
  readonly key: { readonly kind: 'name' | 'public key'; readonly text: string };
  /** One or several ids, or all that the function may use. */
  readonly regions: readonly string[] | '*';
  /** Roles of other accounts; none is the function's own account, all is that and every role it may take. */
  readonly roles: readonly string[] | '*';
  /** One name in several places may be several keys. */
  readonly allowDifferentKeys: boolean;
};

export type ScopeField = 'key' | 'regions' | 'roles';

const REGION = new RegExp(REGION_ID.pattern);
const NAME = new RegExp(KEY_PAIR_NAME, 'u');
const ROLE = new RegExp(ROLE_ARN);
const MOST_PLACES = 50;

export { MAX_TAGS };

/** The fields that the function would refuse, in the order of the page. */
export function complaints({ key, regions, roles }: Scope): ScopeField[] {
  const isKey = key.kind === 'name' ? NAME.test(key.text) : isPublicKey(key.text);
  const areRegions = regions === '*' || isListOf(regions, 1, REGION);
  const areRoles = roles === '*' || isListOf(roles, 0, ROLE);
  return [
    ...(isKey ? [] : ['key' as const]),
    ...(areRegions ? [] : ['regions' as const]),
    ...(areRoles ? [] : ['roles' as const]),
  ];
}

function isListOf(texts: readonly string[], least: number, pattern: RegExp): boolean {
  return texts.length >= least && texts.length <= MOST_PLACES && texts.every((text) => pattern.test(text));
}

export function isTarget({ regionId, keyPairName, roleArn }: Target): boolean {
  return REGION.test(regionId) && NAME.test(keyPairName) && (roleArn === '' || ROLE.test(roleArn));
}

/** The one target of a scope that is no wider than that. */
export function targetOf({ key, regions, roles }: Scope): Target | undefined {
  if (key.kind !== 'name' || regions === '*' || roles === '*') return undefined;
  const [regionId = '', ...moreRegions] = regions;
  const [roleArn = '', ...moreRoles] = roles;
  return moreRegions.length + moreRoles.length > 0 ? undefined : { regionId, keyPairName: key.text, roleArn };
}

/** The fields of any request about it. */
export function targetFields({ regionId, keyPairName, roleArn }: Target) {
  return { RegionId: regionId, KeyPairName: keyPairName, ...(roleArn !== '' && { RoleArn: roleArn }) };
}

/** The fields of a request about every place at once. */
export function scopeFields(scope: Scope): object {
  const { key, regions, roles, allowDifferentKeys } = scope;
  const target = targetOf(scope);
  if (target) return targetFields(target);
  return {
    RegionId: regions,
    ...(key.kind === 'name' ? { KeyPairName: key.text } : { PublicKey: key.text }),
    ...(roles.length > 0 && { RoleArn: roles }),
    ...(allowDifferentKeys && { AllowDifferentKeys: true }),
  };
}

/** A row without a key asks for nothing; an empty value asks for any. */
export function filterOf(tags: readonly Tag[]) {
  const Tags = tags
    .filter(({ key }) => key !== '')
    .map(({ key, value }) => ({ Key: key, ...(value !== '' && { Value: value }) }));
  return Tags.length === 0 ? {} : { Tags };
}
