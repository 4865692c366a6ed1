import type { Clock } from '../clock.ts';
import type { FaultScript, HttpFault } from '../http/fault.ts';
import type { Verifier } from '../signature/verify.ts';
import type { Assistant } from './assistant/assistant.ts';
import type { CallLog, EcsCall } from './calls.ts';
import type { Fleet } from './fleet.ts';
import type { ItemsFault } from './items.ts';
import type { Permissions } from './permissions.ts';
import type { Switches } from './switches.ts';
import type { Throttles } from './throttle.ts';

export type Fault = HttpFault | ItemsFault;

/** Everything the ECS API looks at and changes. */
export interface EcsState {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly assistant: Assistant;
  readonly verifier: Verifier;
  readonly switches: Switches;
  readonly permissions: Permissions;
  readonly throttles: Throttles;
  readonly faults: FaultScript<EcsCall, Fault>;
  readonly calls: CallLog;
  /** The region of the endpoint, for the one operation that names none. */
  readonly regionId: string;
  readonly latencyMs: number;
}
