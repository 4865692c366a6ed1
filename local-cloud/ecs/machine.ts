import type { Downtime } from './downtime.ts';
import type { Instance, InstanceStatus, Reboot, Tag } from './instance.ts';

export interface MachineFacts {
  instanceId: string;
  regionId: string;
  accountId: string;
  osType: 'linux' | 'windows';
  ordinal: number;
  tags: readonly Tag[];
  rebootSeconds: number;
  locked: boolean;
  keyPairName: string | undefined;
  startTime: number;
}

/** An instance that changes. Its state is worked out when it is read, so that 100,000 reboots need no timers. */
export class Machine implements Instance {
  readonly instanceId: string;
  readonly regionId: string;
  readonly accountId: string;
  readonly osType: 'linux' | 'windows';
  readonly ordinal: number;
  readonly tags: readonly Tag[];
  readonly rebootSeconds: number;
  readonly locked: boolean;
  readonly reboots: Reboot[] = [];
  status: InstanceStatus = 'Running';
  keyPairName: string | undefined;
  liveKeyPairName: string | undefined;
  startTime: number;
  #rebooting: Reboot | undefined;
  #absence: ReturnType<Downtime['leaves']> | undefined;

  constructor(facts: MachineFacts) {
    this.instanceId = facts.instanceId;
    this.regionId = facts.regionId;
    this.accountId = facts.accountId;
    this.osType = facts.osType;
    this.ordinal = facts.ordinal;
    this.tags = facts.tags;
    this.rebootSeconds = facts.rebootSeconds;
    this.locked = facts.locked;
    this.keyPairName = facts.keyPairName;
    this.liveKeyPairName = facts.keyPairName;
    this.startTime = facts.startTime;
  }

  /** Brings status, start time and live key up to `now`. To be called before anything is read or changed. */
  settle(now: number): void {
    const reboot = this.#rebooting;
    if (!reboot) return;
    if (now >= reboot.runningAt) {
      this.#started(reboot.runningAt);
    } else {
      this.status = now < (reboot.requestedAt + reboot.runningAt) / 2 ? 'Stopping' : 'Starting';
    }
  }

  /** Running -> Stopping -> Starting -> Running. */
  reboot(now: number, force: boolean, downtime: Downtime): void {
    const runningAt = now + this.rebootSeconds * 1000;
    this.#rebooting = { requestedAt: now, runningAt, force };
    this.reboots.push(this.#rebooting);
    this.#absence = downtime.leaves(now);
    this.#absence.backAt(runningAt);
    this.status = 'Stopping';
    this.settle(now);
  }

  /** Sets the status by hand: as if another person had stopped or started it. */
  become(status: InstanceStatus, now: number, downtime: Downtime): void {
    this.settle(now);
    this.#rebooting = undefined;
    if (status !== 'Running') {
      this.#absence?.backAt(now);
      this.#absence = downtime.leaves(now);
      this.status = status;
    } else if (this.status !== 'Running') {
      this.#started(now);
    }
  }

  #started(at: number): void {
    this.#rebooting = undefined;
    this.#absence?.backAt(at);
    this.#absence = undefined;
    this.status = 'Running';
    this.startTime = at;
    this.liveKeyPairName = this.keyPairName;
  }
}
