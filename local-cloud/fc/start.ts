import type { Clock } from '../clock.ts';
import { FaultScript } from '../http/fault.ts';
import { serve } from '../http/serve.ts';
import type { AccessKey } from '../signature/access-keys.ts';
import type { Verifier } from '../signature/verify.ts';
import type { Teardown } from '../teardown.ts';
import { AsyncQueue } from './async-queue.ts';
import { CloudFunction } from './cloud-function.ts';
import { Fc } from './fc.ts';
import { serveInvoke } from './invoke-api.ts';
import { type Edition, type FunctionOptions, functionSettings } from './settings.ts';
import type { FcState } from './state.ts';
import { DEFAULT_FC_SWITCHES, type FcSwitches } from './switches.ts';
import { serveTask, taskCallOf } from './task-api.ts';
import { triggerOf } from './trigger.ts';
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
  readonly teardown: Teardown;
}

export async function startFc(options: FcOptions, surroundings: FcSurroundings): Promise<Fc> {
  const { accountId, regionId, clock, verifier, teardown } = surroundings;
  const environment: Record<string, string> = { ...surroundings.environment };
  const { edition = 'fc3', serviceName = 'fc-detach-key-pair' } = options;
  const switches = { ...DEFAULT_FC_SWITCHES, ...options.switches };
  const aheadMs = () => Math.round(clock.now() - Date.now()) - switches.clockLagSeconds * 1000;
  const place = { accountId, regionId, edition, serviceName, environment, aheadMs, speed: clock.speedOfFunctions };
  const functions = new Map<string, CloudFunction>();
  const state: FcState = {
    clock,
    place,
    verifier,
    functions,
    queue: new AsyncQueue(clock, place),
    switches,
    triggerAuth: options.triggerAuth ?? 'anonymous',
    faults: new FaultScript(),
    calls: [],
    taskFaults: new FaultScript(),
    taskCalls: [],
  };
  const allSettings = Object.entries(options.functions ?? {}).map(([name, given]) => functionSettings(name, given));
  for (const settings of allSettings) {
    const target = await CloudFunction.deploy(settings, place, surroundings.keyOf);
    functions.set(settings.name, target);
    teardown.add(() => target.remove());
    // Frozen processes would outlive a parent that ends without stopping the cloud.
    const killAll = () => target.killAll();
    process.once('exit', killAll);
    teardown.add(() => process.off('exit', killAll));
  }
  const api = await serve((request, response) => {
    const call = taskCallOf(request, state);
    return call ? serveTask(request, response, call, state) : serveInvoke(request, response, state);
  });
  teardown.add(() => api.close());
  const endpoint = `http://127.0.0.1:${api.port}`;
  environment['FC_ENDPOINT'] = endpoint;
  return new Fc(state, endpoint, await startTriggers(state, options.port ?? 0, teardown));
}

/** The URLs of the functions that have an HTTP trigger. */
async function startTriggers(state: FcState, port: number, teardown: Teardown): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  for (const [name, target] of state.functions) {
    if (!target.settings.httpTrigger) continue;
    const trigger = await serve(triggerOf(target, state), { port: urls.size === 0 ? port : 0 });
    teardown.add(() => trigger.close());
    urls.set(name, `http://127.0.0.1:${trigger.port}/`);
  }
  return urls;
}
