/** What RAM lets the caller do: everything, less what is denied here. */
export class Permissions {
  readonly #actions: Set<string>;
  readonly #instances = new Map<string, Set<string>>();

  constructor(deny: readonly string[] = [], denyInstances: readonly string[] = []) {
    this.#actions = new Set(deny);
    this.denyInstances(denyInstances);
  }

  deny(...actions: string[]): void {
    for (const action of actions) this.#actions.add(action);
  }

  allow(...actions: string[]): void {
    for (const action of actions) this.#actions.delete(action);
  }

  /** A resource-level policy: a call that names one of these instances is refused whole. */
  denyInstances(instanceIds: readonly string[], action = 'DetachKeyPair'): void {
    const denied = this.#instances.get(action) ?? new Set();
    for (const id of instanceIds) denied.add(id);
    this.#instances.set(action, denied);
  }

  allowInstances(instanceIds: readonly string[], action = 'DetachKeyPair'): void {
    for (const id of instanceIds) this.#instances.get(action)?.delete(id);
  }

  allows(action: string): boolean {
    return !this.#actions.has(action);
  }

  allowsOn(action: string, instanceIds: readonly string[]): boolean {
    const denied = this.#instances.get(action);
    return !denied || denied.size === 0 || !instanceIds.some((id) => denied.has(id));
  }
}
