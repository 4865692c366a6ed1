import type { Clock } from '../clock.ts';
import { Downtime } from './downtime.ts';
import { type InstanceSeed, instanceIdAt } from './instance.ts';
import { Machine } from './machine.ts';
import { Region } from './region.ts';

// Some of the regions ECS has; any other one named in a seed or an option exists too.
const PUBLIC_REGIONS =
  'cn-qingdao cn-beijing cn-zhangjiakou cn-huhehaote cn-hangzhou cn-shanghai cn-shenzhen cn-heyuan cn-guangzhou cn-chengdu cn-hongkong ap-southeast-1 ap-northeast-1 us-east-1 us-west-1 eu-central-1'.split(
    ' ',
  );
const DAY_MS = 24 * 60 * 60 * 1000;

export interface SeedDefaults {
  accountId: string;
  regionId: string;
  keyPairName: string;
  rebootSeconds: number;
}

/** Every account's regions. */
export class Fleet {
  readonly clock: Clock;
  readonly downtime = new Downtime();
  readonly #regions = new Map<string, Region>();
  readonly #known = new Set(PUBLIC_REGIONS);
  #seeded = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** `undefined` for a region that does not exist. */
  find(accountId: string, regionId: string): Region | undefined {
    return this.#known.has(regionId) ? this.open(accountId, regionId) : undefined;
  }

  open(accountId: string, regionId: string): Region {
    this.#known.add(regionId);
    const key = `${accountId}/${regionId}`;
    const region = this.#regions.get(key) ?? new Region(accountId, regionId);
    this.#regions.set(key, region);
    return region;
  }

  get regionIds(): readonly string[] {
    return [...this.#known];
  }

  regionsOf(accountId: string): Region[] {
    return [...this.#regions.values()].filter((region) => region.accountId === accountId);
  }

  /** A number stands for that many running instances with the key pair bound. */
  seed(instances: number | readonly InstanceSeed[], defaults: SeedDefaults): void {
    const seeds = typeof instances === 'number' ? Array.from({ length: instances }, () => ({})) : instances;
    for (const seed of seeds) this.#add(seed, defaults);
  }

  #add(seed: InstanceSeed, defaults: SeedDefaults): void {
    const now = this.clock.now();
    const osType = seed.osType ?? 'linux';
    const usual = osType === 'linux' ? defaults.keyPairName : undefined;
    const region = this.open(defaults.accountId, seed.regionId ?? defaults.regionId);
    const machine = new Machine({
      instanceId: seed.instanceId ?? instanceIdAt(this.#seeded),
      regionId: region.regionId,
      accountId: region.accountId,
      osType,
      ordinal: this.#seeded,
      tags: Object.entries(seed.tags ?? {}).map(([key, value]) => ({ key, value })),
      rebootSeconds: seed.rebootSeconds ?? defaults.rebootSeconds,
      locked: seed.locked ?? false,
      keyPairName: seed.keyPairName === null ? undefined : (seed.keyPairName ?? usual),
      startTime: seed.startTime ?? now - DAY_MS,
    });
    this.#seeded++;
    if (machine.keyPairName !== undefined) region.keyPairs.add(machine.keyPairName);
    region.add(machine);
    if (seed.status !== undefined) machine.become(seed.status, now, this.downtime);
  }
}
