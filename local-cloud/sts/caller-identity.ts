import type { KnownKey } from '../signature/access-keys.ts';

/** GetCallerIdentity: https://help.aliyun.com/document_detail/43767.html. The fields that a kind of caller has not are absent. */
export function callerIdentity({ accountId, securityToken }: KnownKey): Record<string, unknown> {
  if (securityToken === undefined) {
    const id = accountId.split('').reverse().join('');
    const Arn = `acs:ram::${accountId}:user/admin`;
    return { IdentityType: 'RAMUser', AccountId: accountId, PrincipalId: id, UserId: id, Arn };
  }
  const RoleId = `3${accountId}`;
  const Arn = `acs:ram::${accountId}:assumed-role/local/session`;
  return { IdentityType: 'AssumedRoleUser', AccountId: accountId, PrincipalId: `${RoleId}:session`, RoleId, Arn };
}
