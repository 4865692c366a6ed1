import type { Parameters } from '../ecs/parameters.ts';
import type { RamAccount, RamRole } from './account.ts';
import { policyDocument, text } from './checks.ts';
import { refusals } from './refusals.ts';

const NAME = /^[\w.-]+$/;

type Operation = (parameters: Parameters, account: RamAccount, accountId: string) => Record<string, unknown>;

export const roleOperations: Readonly<Record<string, Operation>> = {
  CreateRole(parameters, account, accountId) {
    const name = roleName(parameters);
    const trust = policyDocument(parameters, 'AssumeRolePolicyDocument');
    const description = text(parameters, 'Description', 1024);
    if (account.roles.has(name)) throw refusals.roleExists();
    return { Role: shown(account.addRole(name, { trust, description }), accountId) };
  },

  GetRole(parameters, account, accountId) {
    return { Role: shown(existing(parameters, account), accountId) };
  },

  UpdateRole(parameters, account, accountId) {
    const role = existing(parameters, account);
    if (parameters.optional('NewAssumeRolePolicyDocument') !== undefined) {
      role.trust = policyDocument(parameters, 'NewAssumeRolePolicyDocument');
    }
    if (parameters.optional('NewDescription') !== undefined) {
      role.description = text(parameters, 'NewDescription', 1024);
    }
    return { Role: shown(role, accountId) };
  },

  AttachPolicyToRole(parameters, account) {
    const role = existing(parameters, account);
    const type = parameters.required('PolicyType');
    const name = parameters.required('PolicyName');
    if (type !== 'Custom' && type !== 'System') throw refusals.policyType();
    if (type === 'Custom' && !account.policies.has(name)) throw refusals.noPolicy();
    if (role.policies.has(`${type}:${name}`)) throw refusals.attached();
    role.policies.add(`${type}:${name}`);
    return {};
  },

  ListPoliciesForRole(parameters, account) {
    const attached = [...existing(parameters, account).policies].map((entry) => {
      const [PolicyType = '', PolicyName = ''] = entry.split(':');
      const policy = account.policies.get(PolicyName);
      return {
        PolicyType,
        PolicyName,
        Description: policy?.description ?? '',
        DefaultVersion: policy?.defaultVersion ?? 'v1',
        AttachDate: '2026-11-26T00:00:00Z',
      };
    });
    return { Policies: { Policy: attached } };
  },
};

function roleName(parameters: Parameters): string {
  const name = parameters.required('RoleName');
  if (!NAME.test(name)) throw refusals.chars('RoleName');
  if (name.length > 64) throw refusals.length('RoleName');
  return name;
}

function existing(parameters: Parameters, account: RamAccount): RamRole {
  const role = account.roles.get(roleName(parameters));
  if (!role) throw refusals.noRole();
  return role;
}

function shown({ name, description, trust }: RamRole, accountId: string): Record<string, unknown> {
  return {
    RoleName: name,
    Arn: `acs:ram::${accountId}:role/${name.toLowerCase()}`,
    Description: description,
    AssumeRolePolicyDocument: trust,
    MaxSessionDuration: 3600,
    CreateDate: '2026-11-26T00:00:00Z',
    UpdateDate: '2026-11-26T00:00:00Z',
  };
}
