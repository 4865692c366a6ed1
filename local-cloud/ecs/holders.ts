import type { Machine } from './machine.ts';

/** Machines in the order of their ordinals, from the first one after `ordinal`. */
export function indexAfter(machines: readonly Machine[], ordinal: number): number {
  let low = 0;
  let high = machines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((machines[middle]?.ordinal ?? 0) > ordinal) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The instances that have one key pair, in order. One that gives it up stays in the list until half of the list is such
 * dead weight: giving up costs no search, and a page of a listing no more than the page.
 */
export class Holders {
  readonly #keyPairName: string;
  #machines: Machine[] = [];
  #count = 0;

  constructor(keyPairName: string) {
    this.#keyPairName = keyPairName;
  }

  get count(): number {
    return this.#count;
  }

  /** May hold some that no longer have the key pair. */
  get machines(): readonly Machine[] {
    return this.#machines;
  }

  /** Exactly those that have it. */
  exact(): readonly Machine[] {
    if (this.#machines.length > this.#count) this.#compact();
    return this.#machines;
  }

  add(machine: Machine): void {
    const index = indexAfter(this.#machines, machine.ordinal - 1);
    if (this.#machines[index] !== machine) this.#machines.splice(index, 0, machine);
    this.#count++;
  }

  gaveUp(): void {
    this.#count--;
    if (this.#machines.length > 2 * this.#count) this.#compact();
  }

  #compact(): void {
    this.#machines = this.#machines.filter((machine) => machine.keyPairName === this.#keyPairName);
  }
}
