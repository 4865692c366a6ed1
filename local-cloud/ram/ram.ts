import type { Clock } from '../clock.ts';
import { Permissions } from '../ecs/permissions.ts';
import { type FaultOf, FaultScript, type HttpFault } from '../http/fault.ts';
import { serve } from '../http/serve.ts';
import type { Verifier } from '../signature/verify.ts';
import type { Teardown } from '../teardown.ts';
import type { RamAccount } from './account.ts';
import { accountOf, type RamCall, type RamState, serveRam } from './api.ts';

/** RAM and the queue service (MNS-open) as a test sees them: roles, policies and queues that are kept, not carried out. */
export class Ram {
  /** Of both: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** The cloud's own account. */
  readonly account: RamAccount;
  readonly permissions: Permissions;
  readonly #state: RamState;

  constructor(state: RamState, { endpoint, accountId }: { endpoint: string; accountId: string }) {
    this.#state = state;
    this.endpoint = endpoint;
    this.account = accountOf(state, accountId);
    this.permissions = state.permissions;
  }

  get calls(): readonly RamCall[] {
    return this.#state.calls;
  }

  script(operation: string, faults: readonly (HttpFault | undefined)[]): void {
    this.#state.faults.script(operation, faults);
  }

  onCall(operation: string, faultOf: FaultOf<RamCall, HttpFault> | undefined): void {
    this.#state.faults.onCall(operation, faultOf);
  }
}

interface RamSurroundings {
  accountId: string;
  clock: Clock;
  verifier: Verifier;
  teardown: Teardown;
}

export async function startRam({ accountId, clock, verifier, teardown }: RamSurroundings): Promise<Ram> {
  const permissions = new Permissions();
  const state: RamState = { clock, verifier, permissions, accounts: new Map(), faults: new FaultScript(), calls: [] };
  const listening = await serve((request, response) => serveRam(request, response, state));
  teardown.add(() => listening.close());
  return new Ram(state, { endpoint: `http://127.0.0.1:${listening.port}`, accountId });
}
