import type { Clock } from '../clock.ts';
import { FaultScript } from '../http/fault.ts';
import { serve } from '../http/serve.ts';
import type { Verifier } from '../signature/verify.ts';
import type { Teardown } from '../teardown.ts';
import { serveEcs } from './api.ts';
import { Assistant } from './assistant/assistant.ts';
import { CallLog } from './calls.ts';
import { Ecs } from './ecs.ts';
import { Fleet, type SeedDefaults } from './fleet.ts';
import type { InstanceSeed } from './instance.ts';
import { Permissions } from './permissions.ts';
import type { EcsState } from './state.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';
import { type Throttle, Throttles } from './throttle.ts';

export interface EcsOptions {
  /** A number: that many running instances with the key pair bound. */
  instances?: number | readonly InstanceSeed[];
  /** How long a reboot takes; 60 unless said. */
  rebootSeconds?: number;
  /** Before each answer, in real milliseconds. */
  latencyMs?: number;
  /** By operation. */
  throttle?: Readonly<Record<string, Throttle>>;
  switches?: Partial<Switches>;
  /** Actions that RAM refuses. */
  deny?: readonly string[];
  /** Instances from which RAM refuses to detach. */
  denyInstances?: readonly string[];
}

interface EcsSurroundings extends SeedDefaults {
  clock: Clock;
  verifier: Verifier;
  teardown: Teardown;
}

export async function startEcs(
  options: EcsOptions,
  { clock, verifier, teardown, ...defaults }: EcsSurroundings,
): Promise<{ ecs: Ecs; fleet: Fleet }> {
  const fleet = new Fleet(clock);
  fleet.open(defaults.accountId, defaults.regionId).keyPairs.add(defaults.keyPairName);
  fleet.seed(options.instances ?? 0, defaults);
  const assistant = new Assistant(clock);
  teardown.add(() => assistant.stop());
  const state: EcsState = {
    clock,
    fleet,
    assistant,
    verifier,
    switches: { ...DEFAULT_SWITCHES, ...options.switches },
    permissions: new Permissions(options.deny, options.denyInstances),
    throttles: new Throttles(options.throttle ?? {}, clock),
    faults: new FaultScript(),
    calls: new CallLog(),
    regionId: defaults.regionId,
    latencyMs: options.latencyMs ?? 0,
  };
  const listening = await serve((request, response) => serveEcs(request, response, state));
  teardown.add(() => listening.close());
  return { ecs: new Ecs(state, defaults, listening), fleet };
}
