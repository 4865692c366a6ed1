import { Clock, type ClockOptions } from './clock.ts';
import type { Ecs } from './ecs/ecs.ts';
import { type EcsOptions, startEcs } from './ecs/start.ts';
import type { Switches } from './ecs/switches.ts';
import type { Fc } from './fc/fc.ts';
import { type FcOptions, startFc } from './fc/start.ts';
import type { FcSwitches } from './fc/switches.ts';
import { AccessKeys } from './signature/access-keys.ts';
import { Verifier } from './signature/verify.ts';
import { type Sts, startSts } from './sts/sts.ts';

export interface CloudOptions extends Omit<EcsOptions, 'switches'>, Omit<FcOptions, 'switches'> {
  accountId?: string;
  regionId?: string;
  keyPairName?: string;
  clock?: ClockOptions;
  switches?: Partial<Switches & FcSwitches>;
}

export interface LocalCloud {
  readonly accountId: string;
  readonly regionId: string;
  readonly keyPairName: string;
  readonly clock: Clock;
  readonly ecs: Ecs;
  readonly fc: Fc;
  readonly sts: Sts;
  /** The most instances that were not Running at the same time, since the start. */
  maxDownAtOnce(): number;
  /** Closes every socket, kills every process and removes their folders. */
  stop(): Promise<void>;
}

export async function startLocalCloud(options: CloudOptions = {}): Promise<LocalCloud> {
  const { accountId = '1234567890123456', regionId = 'cn-hangzhou', keyPairName = 'leaked-key' } = options;
  const clock = new Clock(options.clock);
  const verifier = new Verifier(new AccessKeys(clock));
  const { rebootSeconds = 60 } = options;
  const account = { accountId, regionId, keyPairName, rebootSeconds, clock, verifier };
  const { ecs, fleet, listening } = await startEcs(options, account);
  const { sts, stop: stopSts } = await startSts(fleet, account);
  const environment = {
    ECS_ENDPOINT: ecs.endpoint,
    STS_ENDPOINT: sts.endpoint,
    NODE_EXTRA_CA_CERTS: sts.caFile,
  };
  const { fc, stop: stopFc } = await startFc(options, { ...account, environment, keyOf: () => ecs.stsCredentials });
  return {
    accountId,
    regionId,
    keyPairName,
    clock,
    ecs,
    fc,
    sts,
    maxDownAtOnce: () => fleet.downtime.most(clock.now()),
    stop: async () => {
      clock.stop();
      await Promise.all([stopFc(), stopSts(), listening.close()]);
    },
  };
}
