import { KEY_PAIR_NAME, MAX_TAGS, ROLE_ARN } from '../../functions/detach-key-pair/request/patterns.ts';
import { REGION_ID } from '../../shared/messages/fields.ts';

/** Where the key pair is. */
export type Target = { readonly regionId: string; readonly keyPairName: string; readonly roleArn: string };

export type Tag = { readonly key: string; readonly value: string };

export type TargetField = keyof Target;

const PATTERNS = {
  regionId: new RegExp(REGION_ID.pattern),
  keyPairName: new RegExp(KEY_PAIR_NAME, 'u'),
  roleArn: new RegExp(ROLE_ARN),
};
const COMPLAINTS = {
  regionId: 'A region id looks like cn-hangzhou.',
  keyPairName: 'A key pair name starts with a letter; letters, digits, and . : _ - follow, 2 to 128 characters in all.',
  roleArn: 'A role looks like acs:ram::1234567890123456:role/name.',
};

export { MAX_TAGS };

/** What is wrong with which field, as the function would find. Without a role nothing is wrong with it. */
export function complaints(target: Target): Partial<Record<TargetField, string>> {
  const wrong: Partial<Record<TargetField, string>> = {};
  for (const field of ['regionId', 'keyPairName', 'roleArn'] as const) {
    const isLeftOut = field === 'roleArn' && target.roleArn === '';
    if (!isLeftOut && !PATTERNS[field].test(target[field])) wrong[field] = COMPLAINTS[field];
  }
  return wrong;
}

/** The fields of any request about it. */
export function targetFields({ regionId, keyPairName, roleArn }: Target) {
  return { RegionId: regionId, KeyPairName: keyPairName, ...(roleArn !== '' && { RoleArn: roleArn }) };
}

/** A row without a key asks for nothing; an empty value asks for any. */
export function filterOf(tags: readonly Tag[]) {
  const Tags = tags
    .filter(({ key }) => key !== '')
    .map(({ key, value }) => ({ Key: key, ...(value !== '' && { Value: value }) }));
  return Tags.length === 0 ? {} : { Tags };
}
