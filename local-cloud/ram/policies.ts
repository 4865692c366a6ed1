import type { Parameters } from '../ecs/parameters.ts';
import { MOST_VERSIONS, type PolicyVersion, type RamAccount, type RamPolicy } from './account.ts';
import { policyDocument, text } from './checks.ts';
import { refusals } from './refusals.ts';

const NAME = /^[A-Za-z0-9-]+$/;

type Operation = (parameters: Parameters, account: RamAccount) => Record<string, unknown>;

export const policyOperations: Readonly<Record<string, Operation>> = {
  CreatePolicy(parameters, account) {
    const name = policyName(parameters);
    const document = policyDocument(parameters, 'PolicyDocument');
    const description = text(parameters, 'Description', 1024);
    if (account.policies.has(name)) throw refusals.policyExists();
    return { Policy: shown(account.addPolicy(name, { document, description }), account) };
  },

  GetPolicy(parameters, account) {
    if (parameters.required('PolicyType') !== 'Custom') throw refusals.noPolicy();
    const policy = existing(parameters, account);
    const version = policy.versions.find(({ id }) => id === policy.defaultVersion);
    return { Policy: shown(policy, account), ...(version && { DefaultPolicyVersion: shownVersion(version, policy) }) };
  },

  GetPolicyVersion(parameters, account) {
    const policy = existing(parameters, account);
    const version = policy.versions.find(({ id }) => id === parameters.required('VersionId'));
    if (!version) throw refusals.noVersion();
    return { PolicyVersion: shownVersion(version, policy) };
  },

  CreatePolicyVersion(parameters, account) {
    const policy = existing(parameters, account);
    const document = policyDocument(parameters, 'PolicyDocument');
    if (policy.versions.length >= MOST_VERSIONS) {
      const rotates = parameters.optional('RotateStrategy') === 'DeleteOldestNonDefaultVersionWhenLimitExceeded';
      const oldest = policy.versions.find(({ id }) => id !== policy.defaultVersion);
      if (!rotates || !oldest) throw refusals.tooManyVersions();
      policy.versions = policy.versions.filter((version) => version !== oldest);
    }
    const newest = Math.max(...policy.versions.map(({ id }) => Number(id.slice(1))));
    const version = { id: `v${newest + 1}`, document };
    policy.versions.push(version);
    if (parameters.flag('SetAsDefault')) policy.defaultVersion = version.id;
    return { PolicyVersion: shownVersion(version, policy) };
  },

  UpdatePolicyDescription(parameters, account) {
    const policy = existing(parameters, account);
    policy.description = text(parameters, 'NewDescription', 1024);
    return { Policy: shown(policy, account) };
  },
};

function policyName(parameters: Parameters): string {
  const name = parameters.required('PolicyName');
  if (!NAME.test(name)) throw refusals.chars('PolicyName');
  if (name.length > 128) throw refusals.length('PolicyName');
  return name;
}

function existing(parameters: Parameters, account: RamAccount): RamPolicy {
  const policy = account.policies.get(policyName(parameters));
  if (!policy) throw refusals.noPolicy();
  return policy;
}

function shown({ name, description, defaultVersion }: RamPolicy, account: RamAccount): Record<string, unknown> {
  const holders = [...account.roles.values()].filter(({ policies }) => policies.has(`Custom:${name}`));
  return {
    PolicyName: name,
    PolicyType: 'Custom',
    Description: description,
    DefaultVersion: defaultVersion,
    AttachmentCount: holders.length,
    CreateDate: '2026-11-26T00:00:00Z',
    UpdateDate: '2026-11-26T00:00:00Z',
  };
}

function shownVersion({ id, document }: PolicyVersion, { defaultVersion }: RamPolicy): Record<string, unknown> {
  return {
    VersionId: id,
    IsDefaultVersion: id === defaultVersion,
    PolicyDocument: document,
    CreateDate: '2026-11-26T00:00:00Z',
  };
}
