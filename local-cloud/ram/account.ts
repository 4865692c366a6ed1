/** Most versions that a policy may have: "Limits" in the RAM user guide. */
export const MOST_VERSIONS = 5;

export interface RamRole {
  readonly name: string;
  description: string;
  trust: string;
  /** Names of policies, with their types: `Custom:name`. */
  readonly policies: Set<string>;
}

export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
}

export interface RamPolicy {
  readonly name: string;
  description: string;
  defaultVersion: string;
  /** Oldest first. */
  versions: PolicyVersion[];
}

export interface Queue {
  readonly name: string;
  readonly attributes: Readonly<Record<string, number>>;
}

/** What RAM and the queue service keep for one account. */
export class RamAccount {
  readonly roles = new Map<string, RamRole>();
  readonly policies = new Map<string, RamPolicy>();
  /** By name. A region is a host of its own in the real service; here there is one. */
  readonly queues = new Map<string, Queue>();

  addRole(name: string, { trust, description = '' }: { trust: string; description?: string }): RamRole {
    const role = { name, description, trust, policies: new Set<string>() };
    this.roles.set(name, role);
    return role;
  }

  addPolicy(name: string, { document, description = '' }: { document: string; description?: string }): RamPolicy {
    const policy = { name, description, defaultVersion: 'v1', versions: [{ id: 'v1', document }] };
    this.policies.set(name, policy);
    return policy;
  }

  /** The document in force. */
  documentOf(name: string): string | undefined {
    const policy = this.policies.get(name);
    return policy?.versions.find(({ id }) => id === policy.defaultVersion)?.document;
  }
}
