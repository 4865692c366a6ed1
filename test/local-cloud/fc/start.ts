import type { Clock } from '../clock.ts';
import { FaultScript } from '../http/fault.ts';
import type { Listening } from '../http/listen.ts';
import { serve } from '../http/serve.ts';
import type { AccessKey } from '../signature/access-keys.ts';
import type { Verifier } from '../signature/verify.ts';
import { AsyncQueue } from './async-queue.ts';
import { CloudFunction } from './cloud-function.ts';
import { Fc } from './fc.ts';
import { serveInvoke } from './invoke-api.ts';
import { type Edition, type FunctionOptions, functionSettings } from './settings.ts';
import type { FcState } from './state.ts';
import { DEFAULT_FC_SWITCHES, type FcSwitches } from './switches.ts';
import { serveTrigger } from './trigger.ts';
import type { TriggerAuth } from './trigger-auth.ts';

export interface FcOptions {
  functions?: Readonly<Record<string, FunctionOptions>>;
  edition?: Edition;
  /** FC 2.0 only: the service the functions are in. */
  serviceName?: string;
  triggerAuth?: TriggerAuth;
  /** Of the first HTTP trigger. */
  port?: number;
  switches?: Partial<FcSwitches>;
}

export interface FcSurroundings {
  readonly accountId: string;
  readonly regionId: string;
  readonly clock: Clock;
  readonly verifier: Verifier;
  readonly environment: Readonly<Record<string, string>>;
  /** The key of the functions' role. */
  readonly keyOf: () => AccessKey;
}

export interface FcParts {
  readonly fc: Fc;
  stop(): Promise<void>;
}

export async function startFc(options: FcOptions, surroundings: FcSurroundings): Promise<FcParts> {
  const { accountId, regionId, clock, verifier } = surroundings;
  const environment: Record<string, string> = { ...surroundings.environment };
  const { edition = 'fc3', serviceName = 'fc-detach-key-pair' } = options;
  const place = { accountId, regionId, edition, serviceName, environment };
  const functions = new Map<string, CloudFunction>();
  const state: FcState = {
    clock,
    place,
    verifier,
    functions,
    queue: new AsyncQueue(clock, place),
    switches: { ...DEFAULT_FC_SWITCHES, ...options.switches },
    triggerAuth: options.triggerAuth ?? 'anonymous',
    faults: new FaultScript(),
    calls: [],
  };
  for (const [name, functionOptions] of Object.entries(options.functions ?? {})) {
    functions.set(name, await CloudFunction.deploy(functionSettings(name, functionOptions), place, surroundings.keyOf));
  }
  const api = await serve((request, response) => serveInvoke(request, response, state));
  const triggers = await startTriggers(state, options.port ?? 0);
  const endpoint = `http://127.0.0.1:${api.port}`;
  environment['FC_ENDPOINT'] = endpoint;
  const urls = new Map([...triggers].map(([name, { port }]) => [name, `http://127.0.0.1:${port}/`]));
  const killAll = () => {
    for (const target of functions.values()) target.killAll();
  };
  // Frozen processes would outlive a parent that ends without stopping the cloud.
  process.once('exit', killAll);
  return {
    fc: new Fc(state, endpoint, urls),
    stop: async () => {
      process.off('exit', killAll);
      await Promise.all([...functions.values()].map((target) => target.remove()));
      await Promise.all([api, ...triggers.values()].map((server) => server.close()));
    },
  };
}

async function startTriggers(state: FcState, port: number): Promise<Map<string, Listening>> {
  const triggers = new Map<string, Listening>();
  for (const [name, target] of state.functions) {
    if (!target.settings.httpTrigger) continue;
    const options = { port: triggers.size === 0 ? port : 0 };
    triggers.set(
      name,
      await serve((request, response, message) => serveTrigger(request, response, message, target, state), options),
    );
  }
  return triggers;
}
