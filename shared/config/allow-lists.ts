import type { Config } from './config.ts';

type Wanted = { regionId?: string; keyPairName?: string; roleArn?: string | undefined };

/** What the deployment does not allow of a request, or undefined. Both functions ask: a message can be forged. */
export function checkAllowLists(
  { regionId, keyPairName, roleArn }: Wanted,
  { allowedRoleArns, allowedRegions, allowedKeyPairs }: Config,
): { code: string; message: string } | undefined {
  if (roleArn !== undefined && !allowedRoleArns.includes(roleArn)) {
    return { code: 'Forbidden.RoleArn', message: `The role ${roleArn} is not on ALLOWED_ROLE_ARNS.` };
  }
  if (regionId !== undefined && allowedRegions && !allowedRegions.includes(regionId)) {
    return { code: 'Forbidden.Region', message: `The region ${regionId} is not on ALLOWED_REGIONS.` };
  }
  if (keyPairName !== undefined && !matchesKeyPair(keyPairName, { allowedKeyPairs })) {
    return {
      code: 'Forbidden.KeyPairName',
      message: `The key pair ${keyPairName} is not on ALLOWED_KEY_PAIRS.`,
    };
  }
  return undefined;
}

/** Whether ALLOWED_KEY_PAIRS names this key pair; without that list all are allowed. */
export function matchesKeyPair(keyPairName: string, { allowedKeyPairs }: Pick<Config, 'allowedKeyPairs'>): boolean {
  const matches = (entry: string) =>
    entry.endsWith('*') ? keyPairName.startsWith(entry.slice(0, -1)) : keyPairName === entry;
  return allowedKeyPairs === undefined || allowedKeyPairs.some(matches);
}
