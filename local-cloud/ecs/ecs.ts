import type { FaultOf } from '../http/fault.ts';
import type { Listening } from '../http/listen.ts';
import type { AccessKey } from '../signature/access-keys.ts';
import type { Agent } from './assistant/agent.ts';
import type { Invocation } from './assistant/invocation.ts';
import type { EcsCall } from './calls.ts';
import type { SeedDefaults } from './fleet.ts';
import type { Instance, InstanceSeed, InstanceStatus } from './instance.ts';
import type { Permissions } from './permissions.ts';
import type { EcsState, Fault } from './state.ts';
import type { Switches } from './switches.ts';
import type { Throttle } from './throttle.ts';

interface KeyPairFacts {
  publicKey?: string | null;
  accountId?: string;
}

/** The ECS API as a test sees it: where it is, what it holds, what was asked of it, what shall go wrong. */
export class Ecs {
  readonly endpoint: string;
  readonly #state: EcsState;
  readonly #defaults: SeedDefaults;
  readonly #listening: Listening;
  readonly credentials: AccessKey;
  #sts: Required<AccessKey> & { expiresAt: number };

  constructor(state: EcsState, defaults: SeedDefaults, listening: Listening) {
    this.endpoint = `http://127.0.0.1:${listening.port}`;
    this.#listening = listening;
    this.#state = state;
    this.#defaults = defaults;
    this.credentials = state.verifier.keys.issuePermanent(defaults.accountId);
    this.#sts = this.issueTemporary();
  }

  /** A temporary key of the account; a new one once the last has expired. */
  get stsCredentials(): Required<AccessKey> {
    if (this.#sts.expiresAt <= this.#state.clock.now()) this.#sts = this.issueTemporary();
    return this.#sts;
  }

  issueTemporary(seconds = 3600) {
    return this.#state.verifier.keys.issueTemporary(this.#defaults.accountId, seconds);
  }

  /** Every temporary key handed out so far, those of functions and assumed roles included. */
  expireCredentials(): void {
    this.#state.verifier.keys.expireTemporary();
  }

  get calls(): readonly EcsCall[] {
    return this.#state.calls.all;
  }

  callsOf(action: string): EcsCall[] {
    return this.#state.calls.of(action);
  }

  /** Faults for the next calls of an operation, one each; `undefined` lets a call through. */
  script(action: string, faults: readonly (Fault | undefined)[]): void {
    this.#state.faults.script(action, faults);
  }

  /** A fault for any call of an operation that finds no scripted one. */
  onCall(action: string, faultOf: FaultOf<EcsCall, Fault> | undefined): void {
    this.#state.faults.onCall(action, faultOf);
  }

  /** To be changed in place. */
  get switches(): Switches {
    return this.#state.switches;
  }

  get permissions(): Permissions {
    return this.#state.permissions;
  }

  readonly assistant = {
    /** How the agent of an instance behaves; healthy unless said. */
    setAgent: (instanceId: string, agent: Partial<Agent>) => this.#state.assistant.setAgent(instanceId, agent),
    /** The folder that stands for `/` of the instance. */
    treeOf: (instanceId: string, accountId = this.#defaults.accountId) => {
      const { machine, region } = this.#machine(instanceId, accountId);
      const publicKey = region.keyPairs.publicKeyOf(machine.liveKeyPairName ?? '');
      return this.#state.assistant.trees.of(instanceId, publicKey);
    },
    invocations: (): readonly Invocation[] => this.#state.assistant.invocations,
  };

  throttle(action: string, rule: Throttle | undefined): void {
    this.#state.throttles.set(action, rule);
  }

  /** What a function finds that was frozen for long: the connections it kept are gone. */
  dropIdleConnections(): void {
    this.#listening.dropIdle();
  }

  instance(instanceId: string, accountId = this.#defaults.accountId): Instance {
    return this.#machine(instanceId, accountId).machine;
  }

  instances(accountId = this.#defaults.accountId): readonly Instance[] {
    const now = this.#state.clock.now();
    return this.#regions(accountId).flatMap((region) => {
      const machines = region.all({}, now);
      for (const machine of machines) machine.settle(now);
      return [...machines];
    });
  }

  /** The ids of the instances that have the key pair, in the records. */
  bound(keyPairName = this.#defaults.keyPairName, accountId = this.#defaults.accountId): string[] {
    const holders = this.#regions(accountId).flatMap((region) => region.all({ keyPairName }, this.#state.clock.now()));
    return holders.map((machine) => machine.instanceId);
  }

  add(instances: number | readonly InstanceSeed[], defaults: Partial<SeedDefaults> = {}): void {
    this.#state.fleet.seed(instances, { ...this.#defaults, ...defaults });
  }

  /** As if another person had stopped or started it. */
  setStatus(instanceId: string, status: InstanceStatus): void {
    const { machine } = this.#machine(instanceId, this.#defaults.accountId);
    machine.become(status, this.#state.clock.now(), this.#state.fleet.downtime);
  }

  /** As if another person had attached or detached a key pair. */
  bind(instanceId: string, keyPairName: string | undefined): void {
    const { machine, region } = this.#machine(instanceId, this.#defaults.accountId);
    if (keyPairName !== undefined) region.keyPairs.add(keyPairName);
    region.bind(machine, keyPairName);
  }

  readonly keyPairs = {
    /** `publicKey`: one OpenSSH line, `null` for one that is not shown; left out, the same for the same name. */
    add: (name: string, regionId?: string, { publicKey, accountId }: KeyPairFacts = {}) =>
      this.#region(regionId, accountId).keyPairs.add(name, publicKey),
    remove: (name: string, regionId?: string) => this.#region(regionId).keyPairs.delete(name),
  };

  #region(regionId = this.#defaults.regionId, accountId = this.#defaults.accountId) {
    return this.#state.fleet.open(accountId, regionId);
  }

  #regions(accountId: string) {
    return this.#state.fleet.regionsOf(accountId);
  }

  #machine(instanceId: string, accountId: string) {
    for (const region of this.#regions(accountId)) {
      const machine = region.find(instanceId, this.#state.clock.now());
      if (machine) return { machine, region };
    }
    throw new Error(`The cloud has no instance ${instanceId} in account ${accountId}`);
  }
}
