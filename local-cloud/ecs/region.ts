import { Holders, indexAfter } from './holders.ts';
import type { InstanceStatus, Tag } from './instance.ts';
import { KeyPairs } from './key-pairs.ts';
import type { Machine } from './machine.ts';

export interface Filter {
  instanceIds?: readonly string[];
  keyPairName?: string;
  status?: InstanceStatus;
  tags?: readonly { key: string; value?: string }[];
}

/** One account's instances and key pairs in one region. */
export class Region {
  readonly accountId: string;
  readonly regionId: string;
  readonly keyPairs = new KeyPairs();
  readonly #byId = new Map<string, Machine>();
  readonly #inOrder: Machine[] = [];
  readonly #holders = new Map<string, Holders>();

  constructor(accountId: string, regionId: string) {
    this.accountId = accountId;
    this.regionId = regionId;
  }

  get size(): number {
    return this.#inOrder.length;
  }

  add(machine: Machine): void {
    this.#byId.set(machine.instanceId, machine);
    this.#inOrder.push(machine);
    if (machine.keyPairName !== undefined) this.#holdersOf(machine.keyPairName).add(machine);
  }

  find(instanceId: string, now: number): Machine | undefined {
    const machine = this.#byId.get(instanceId);
    machine?.settle(now);
    return machine;
  }

  /** Changes the records; the running system keeps its key until it starts again. */
  bind(machine: Machine, keyPairName: string | undefined): void {
    const before = machine.keyPairName;
    if (before === keyPairName) return;
    machine.keyPairName = keyPairName;
    if (before !== undefined) this.#holdersOf(before).gaveUp();
    if (keyPairName !== undefined) this.#holdersOf(keyPairName).add(machine);
  }

  /** All that match, in order. Costs a walk over the region only for filters by status or tag. */
  all(filter: Filter, now: number): readonly Machine[] {
    const { machines, exact } = this.#candidates(filter);
    return exact ? machines : machines.filter((machine) => matches(machine, filter, now));
  }

  /** Up to `limit` matches after the machine with that ordinal. */
  after(ordinal: number, limit: number, filter: Filter, now: number): Machine[] {
    const { machines } = this.#candidates(filter);
    const page: Machine[] = [];
    for (let i = indexAfter(machines, ordinal); page.length < limit; i++) {
      const machine = machines[i];
      if (!machine) break;
      if (matches(machine, filter, now)) page.push(machine);
    }
    return page;
  }

  #candidates(filter: Filter): { machines: readonly Machine[]; exact: boolean } {
    const { instanceIds, keyPairName, status, tags } = filter;
    if (instanceIds) {
      const machines = [...new Set(instanceIds)].flatMap((id) => this.#byId.get(id) ?? []);
      return { machines: machines.sort((a, b) => a.ordinal - b.ordinal), exact: false };
    }
    const exact = status === undefined && tags === undefined;
    if (keyPairName === undefined) return { machines: this.#inOrder, exact };
    const holders = this.#holdersOf(keyPairName);
    return exact ? { machines: holders.exact(), exact } : { machines: holders.machines, exact };
  }

  #holdersOf(keyPairName: string): Holders {
    const holders = this.#holders.get(keyPairName) ?? new Holders(keyPairName);
    this.#holders.set(keyPairName, holders);
    return holders;
  }
}

function matches(machine: Machine, { keyPairName, status, tags }: Filter, now: number): boolean {
  machine.settle(now);
  if (keyPairName !== undefined && machine.keyPairName !== keyPairName) return false;
  if (status !== undefined && machine.status !== status) return false;
  return tags?.every((wanted) => machine.tags.some((tag) => sameTag(tag, wanted))) ?? true;
}

function sameTag(tag: Tag, wanted: { key: string; value?: string }): boolean {
  return tag.key === wanted.key && (wanted.value === undefined || tag.value === wanted.value);
}
