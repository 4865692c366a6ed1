import type { Clock } from '../clock.ts';
import { ApiError } from '../http/api-error.ts';
import type { FaultScript, HttpFault } from '../http/fault.ts';
import type { Verifier } from '../signature/verify.ts';
import type { AsyncQueue } from './async-queue.ts';
import type { CloudFunction } from './cloud-function.ts';
import type { Place } from './surroundings.ts';
import type { FcSwitches } from './switches.ts';
import type { TriggerAuth } from './trigger-auth.ts';

/** One request to the InvokeFunction API. */
export interface FcCall {
  readonly function: string;
  readonly invocationType: 'Sync' | 'Async';
  readonly taskId: string | undefined;
  readonly delaySeconds: number;
  readonly payload: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The cloud's time. */
  readonly at: number;
  readonly number: number;
  fault?: string;
  /** Absent until answered, and for ever when the answer is lost. */
  status?: number;
  code?: string;
}

/** One request to GetAsyncTask or StopAsyncTask. */
export interface TaskCall {
  readonly operation: TaskOperation;
  readonly function: string;
  readonly taskId: string;
  /** The cloud's time. */
  readonly at: number;
  readonly number: number;
  fault?: string;
  status?: number;
  code?: string;
}

export type TaskOperation = 'GetAsyncTask' | 'StopAsyncTask';

export interface FcState {
  readonly clock: Clock;
  readonly place: Place;
  readonly verifier: Verifier;
  readonly functions: ReadonlyMap<string, CloudFunction>;
  readonly queue: AsyncQueue;
  readonly switches: FcSwitches;
  readonly triggerAuth: TriggerAuth;
  readonly faults: FaultScript<FcCall, HttpFault>;
  readonly calls: FcCall[];
  readonly taskFaults: FaultScript<TaskCall, HttpFault>;
  readonly taskCalls: TaskCall[];
}

export function functionNamed({ functions }: FcState, name: string): CloudFunction {
  const found = functions.get(name);
  if (!found) throw new ApiError(404, 'FunctionNotFound', `function '${name}' does not exist`);
  return found;
}
