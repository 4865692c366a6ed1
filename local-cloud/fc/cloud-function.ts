import { access, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ApiError } from '../http/api-error.ts';
import type { AccessKey } from '../signature/access-keys.ts';
import { Instance } from './instance.ts';
import type { Invocation, InvocationResult } from './invocation.ts';
import type { FunctionSettings } from './settings.ts';
import { contextOf, credentialVariables, environmentOf, type Place } from './surroundings.ts';

/** A deployed function: its code in a folder of its own, and the instances that run it. */
export class CloudFunction {
  settings: FunctionSettings;
  /** Every line it ever printed. */
  readonly logs: string[] = [];
  readonly #place: Place;
  readonly #folder: string;
  readonly #keyOf: () => AccessKey;
  readonly #idle: Instance[] = [];
  /** With the request that each one works on. */
  readonly #busy = new Map<Instance, string>();
  readonly #onBegin = new Set<() => void>();
  readonly #waiting: (() => void)[] = [];
  #removed = false;

  static async deploy(settings: FunctionSettings, place: Place, keyOf: () => AccessKey): Promise<CloudFunction> {
    await access(settings.code);
    const folder = await mkdtemp(join(tmpdir(), `${settings.name}-`));
    // One file in an empty folder: a bundle that needs node_modules beside it fails here as it would in FC.
    if (basename(settings.code) === 'index.js') await cp(dirname(settings.code), folder, { recursive: true });
    else await cp(settings.code, join(folder, 'index.js'));
    return new CloudFunction(settings, place, folder, keyOf);
  }

  constructor(settings: FunctionSettings, place: Place, folder: string, keyOf: () => AccessKey) {
    this.settings = settings;
    this.#place = place;
    this.#folder = folder;
    this.#keyOf = keyOf;
  }

  configure(environment: Readonly<Record<string, string>>): void {
    this.settings = { ...this.settings, environment: { ...this.settings.environment, ...environment } };
    for (const instance of this.#idle.splice(0)) instance.kill();
  }

  get running(): number {
    return this.#busy.size;
  }

  /** Whether one more invocation could begin now. */
  get hasRoom(): boolean {
    return !this.#removed && this.#busy.size < this.settings.maxInstances;
  }

  /** Resolves when an instance has become free, first come, first served. Look at `hasRoom` again then. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    if (!this.hasRoom) throw new ApiError(429, 'ResourceExhausted', 'Every instance of the function is busy.');
    // The role's temporary key, looked up each time: it rotates while instances stay warm.
    const key = this.settings.role ? this.#keyOf() : undefined;
    const environment = credentialVariables(key);
    const instance = this.#take(environment);
    this.#busy.set(instance, invocation.requestId);
    for (const begun of this.#onBegin) begun();
    this.#onBegin.clear();
    try {
      const context = contextOf(invocation, key, { settings: this.settings, place: this.#place });
      return await instance.invoke(invocation, { context, environment });
    } finally {
      this.#busy.delete(instance);
      if (instance.alive) this.#idle.push(instance);
      if (this.hasRoom) this.#waiting.shift()?.();
    }
  }

  /** Resolves as soon as an invocation runs. */
  begun(): Promise<void> {
    if (this.running > 0) return Promise.resolve();
    return new Promise((resolve) => this.#onBegin.add(resolve));
  }

  /** Kills what is running now, half way through; says how many that were. */
  killRunning(): number {
    for (const instance of this.#busy.keys()) instance.kill();
    return this.#busy.size;
  }

  /** Kills what works on this request; says how many instances that were. */
  kill(requestId: string): number {
    const instances = [...this.#busy].filter(([, worksOn]) => worksOn === requestId);
    for (const [instance] of instances) instance.kill();
    return instances.length;
  }

  killAll(): void {
    for (const instance of [...this.#busy.keys(), ...this.#idle]) instance.kill();
  }

  async remove(): Promise<void> {
    const instances = [...this.#busy.keys(), ...this.#idle];
    this.#removed = true;
    this.killAll();
    await Promise.all(instances.map((instance) => instance.exited));
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The instance used last, or a new one. */
  #take(credentials: Record<string, string>): Instance {
    let instance = this.#idle.pop();
    while (instance && !instance.alive) instance = this.#idle.pop();
    instance ??= new Instance({
      folder: this.#folder,
      handler: this.settings.handler,
      timeoutSeconds: this.settings.timeoutSeconds,
      environment: { ...environmentOf(this.settings, this.#place, this.#folder), ...credentials },
      aheadMs: this.#place.aheadMs,
      speed: this.#place.speed,
      onLine: (line) => this.logs.push(line),
    });
    return instance;
  }
}
