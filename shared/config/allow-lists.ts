import type { Config } from './config.ts';

type Wanted = { regionId?: string; keyPairName?: string; roleArn?: string | undefined };

/** What the deployment does not allow of a request, or undefined. Both functions ask: a message can be forged. */
export function checkAllowLists(
  { regionId, keyPairName, roleArn }: Wanted,
  { allowedRoleArns, allowedRegions, allowedKeyPairs }: Config,
): { code: string; message: string } | undefined {
  if (roleArn !== undefined && !allowedRoleArns.includes(roleArn)) {
    return { code: 'Forbidden.RoleArn', message: 'The role is not one that this function may act through.' };
  }
  if (regionId !== undefined && allowedRegions && !allowedRegions.includes(regionId)) {
    return { code: 'Forbidden.Region', message: `The region ${regionId} is not one that this function may act in.` };
  }
  if (keyPairName !== undefined && !matchesKeyPair(keyPairName, { allowedKeyPairs })) {
    return {
      code: 'Forbidden.KeyPairName',
      message: `The key pair ${keyPairName} is not one that this function may take off.`,
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
