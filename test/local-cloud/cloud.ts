import { Clock, type ClockOptions } from './clock.ts';
import type { Ecs } from './ecs/ecs.ts';
import { type EcsOptions, startEcs } from './ecs/start.ts';
import { AccessKeys } from './signature/access-keys.ts';
import { Verifier } from './signature/verify.ts';

export interface CloudOptions extends EcsOptions {
  accountId?: string;
  regionId?: string;
  keyPairName?: string;
  clock?: ClockOptions;
}

export interface LocalCloud {
  readonly accountId: string;
  readonly regionId: string;
  readonly keyPairName: string;
  readonly clock: Clock;
  readonly ecs: Ecs;
  /** The most instances that were not Running at the same time, since the start. */
  maxDownAtOnce(): number;
  /** Closes every socket at once. */
  stop(): Promise<void>;
}

export async function startLocalCloud(options: CloudOptions = {}): Promise<LocalCloud> {
  const { accountId = '1234567890123456', regionId = 'cn-hangzhou', keyPairName = 'leaked-key' } = options;
  const clock = new Clock(options.clock);
  const verifier = new Verifier(new AccessKeys(clock));
  const { ecs, fleet, listening } = await startEcs(options, { accountId, regionId, keyPairName, clock, verifier });
  return {
    accountId,
    regionId,
    keyPairName,
    clock,
    ecs,
    maxDownAtOnce: () => fleet.downtime.most(clock.now()),
    stop: async () => {
      clock.stop();
      await listening.close();
    },
  };
}
