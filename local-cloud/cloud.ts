import { Clock, type ClockOptions } from './clock.ts';
import type { Ecs } from './ecs/ecs.ts';
import { type EcsOptions, startEcs } from './ecs/start.ts';
import type { Switches } from './ecs/switches.ts';
import type { Fc } from './fc/fc.ts';
import { type FcOptions, startFc } from './fc/start.ts';
import type { FcSwitches } from './fc/switches.ts';
import { type Ram, startRam } from './ram/ram.ts';
import { AccessKeys } from './signature/access-keys.ts';
import { Verifier } from './signature/verify.ts';
import { type Sts, startSts } from './sts/sts.ts';
import { Teardown } from './teardown.ts';

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
  readonly ram: Ram;
  /** The most instances that were not Running at the same time, since the start. */
  maxDownAtOnce(): number;
  /** Closes every socket, kills every process and removes their folders. */
  stop(): Promise<void>;
}

export async function startLocalCloud(options: CloudOptions = {}): Promise<LocalCloud> {
  const teardown = new Teardown();
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(options: CloudOptions, teardown: Teardown): Promise<LocalCloud> {
  const { accountId = '1234567890123456', regionId = 'cn-hangzhou', keyPairName = 'leaked-key' } = options;
  const { rebootSeconds = 60 } = options;
  const clock = new Clock(options.clock);
  teardown.add(() => clock.stop());
  const verifier = new Verifier(new AccessKeys(clock));
  const account = { accountId, regionId, keyPairName, rebootSeconds, clock, verifier, teardown };
  const { ecs, fleet } = await startEcs(options, account);
  const sts = await startSts(fleet, account);
  const ram = await startRam(account);
  const environment = {
    ECS_ENDPOINT: ecs.endpoint,
    STS_ENDPOINT: sts.endpoint,
    NODE_EXTRA_CA_CERTS: sts.caFile,
  };
  const fc = await startFc(options, { ...account, environment, keyOf: () => ecs.stsCredentials });
  return {
    accountId,
    regionId,
    keyPairName,
    clock,
    ecs,
    fc,
    sts,
    ram,
    maxDownAtOnce: () => fleet.downtime.most(clock.now()),
    stop: () => teardown.run(),
  };
}
