import type { Fleet, SeedDefaults } from '../ecs/fleet.ts';
import type { InstanceSeed } from '../ecs/instance.ts';

export interface RoleOptions {
  /** `acs:ram::<account>:role/<name>`; the account's instances are those that the role sees. */
  roleArn: string;
  /** Asked for by the role's trust policy. */
  externalId?: string;
  instances?: number | readonly InstanceSeed[];
  keyPairName?: string;
  regionId?: string;
}

export interface Role {
  readonly roleArn: string;
  readonly accountId: string;
  readonly name: string;
  readonly externalId: string | undefined;
}

const ROLE_ARN = /^acs:ram::(\d+):role\/([\w.-]+)$/;

/** The roles that may be assumed. */
export class Roles {
  readonly #byArn = new Map<string, Role>();
  readonly #fleet: Fleet;
  readonly #defaults: SeedDefaults;

  constructor(fleet: Fleet, defaults: SeedDefaults) {
    this.#fleet = fleet;
    this.#defaults = defaults;
  }

  add({ roleArn, externalId, instances = 0, ...defaults }: RoleOptions): Role {
    const [, accountId, name] = ROLE_ARN.exec(roleArn) ?? [];
    if (accountId === undefined || name === undefined) throw new Error(`${roleArn} is not the ARN of a role`);
    const role = { roleArn, accountId, name, externalId };
    const seed = { ...this.#defaults, ...defaults, accountId };
    this.#fleet.open(accountId, seed.regionId).keyPairs.add(seed.keyPairName);
    this.#fleet.seed(instances, seed);
    this.#byArn.set(roleArn, role);
    return role;
  }

  remove(roleArn: string): void {
    this.#byArn.delete(roleArn);
  }

  find(roleArn: string): Role | undefined {
    return this.#byArn.get(roleArn);
  }
}

export function isRoleArn(text: string): boolean {
  return ROLE_ARN.test(text);
}
