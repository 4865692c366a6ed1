import type { FaultOf, HttpFault } from '../http/fault.ts';
import { newFcRequestId } from './invocation.ts';
import { type FcCall, type FcState, functionNamed, type TaskCall, type TaskOperation } from './state.ts';
import type { FcSwitches } from './switches.ts';
import type { FailureRecord, Task } from './tasks.ts';

export interface InvokeOptions {
  /** Queue it instead of waiting for its answer. */
  async?: boolean;
  taskId?: string;
  delaySeconds?: number;
}

export interface InvokeResult {
  readonly payload: string;
  readonly errorType?: string;
  readonly logs: readonly string[];
}

/** Function Compute as a test sees it. */
export class Fc {
  readonly endpoint: string;
  /** By function. */
  readonly triggerUrls: ReadonlyMap<string, string>;
  readonly #state: FcState;

  constructor(state: FcState, endpoint: string, triggerUrls: ReadonlyMap<string, string>) {
    this.#state = state;
    this.endpoint = endpoint;
    this.triggerUrls = triggerUrls;
  }

  /** The URL of the first function that has an HTTP trigger. */
  get triggerUrl(): string {
    const [first] = this.triggerUrls.values();
    if (first === undefined) throw new Error('No function has an HTTP trigger');
    return first;
  }

  /** A direct invocation, as a timer, EventBridge or MNS makes it. Bytes and text go as they are, objects as JSON. */
  async invoke(name: string, event: unknown, options: InvokeOptions = {}): Promise<InvokeResult> {
    const target = functionNamed(this.#state, name);
    const bytes = toBytes(event);
    const { async: isAsync = false, ...request } = options;
    if (isAsync) {
      this.#state.queue.enqueue(target, { event: bytes, ...request });
      return { payload: '', logs: [] };
    }
    const { payload, errorType, logs } = await target.invoke({ requestId: newFcRequestId(), event: bytes });
    return { payload: payload.toString('utf8'), logs, ...(errorType === undefined ? {} : { errorType }) };
  }

  get calls(): readonly FcCall[] {
    return this.#state.calls;
  }

  /** Requests to GetAsyncTask and StopAsyncTask. */
  get taskCalls(): readonly TaskCall[] {
    return this.#state.taskCalls;
  }

  get tasks(): readonly Task[] {
    return this.#state.queue.tasks;
  }

  /** What was sent to onFailure destinations. */
  get failures(): readonly FailureRecord[] {
    return this.#state.queue.failures;
  }

  /** To be changed in place. */
  get switches(): FcSwitches {
    return this.#state.switches;
  }

  script(operation: 'InvokeFunction', faults: readonly (HttpFault | undefined)[]): void {
    this.#state.faults.script(operation, faults);
  }

  onCall(operation: 'InvokeFunction', faultOf: FaultOf<FcCall, HttpFault> | undefined): void {
    this.#state.faults.onCall(operation, faultOf);
  }

  scriptTask(operation: TaskOperation, faults: readonly (HttpFault | undefined)[]): void {
    this.#state.taskFaults.script(operation, faults);
  }

  onTaskCall(operation: TaskOperation, faultOf: FaultOf<TaskCall, HttpFault> | undefined): void {
    this.#state.taskFaults.onCall(operation, faultOf);
  }

  /** Deploys a function again with these variables beside its others: its next runs see them. */
  configure(name: string, environment: Readonly<Record<string, string>>): void {
    functionNamed(this.#state, name).configure(environment);
  }

  /** What StopAsyncTask does. */
  stop(name: string, taskId: string): void {
    const task = this.#state.queue.find(name, taskId);
    if (!task) throw new Error(`there is no task ${taskId} of ${name}`);
    this.#state.queue.stop(task, functionNamed(this.#state, name));
  }

  logs(name: string): readonly string[] {
    return functionNamed(this.#state, name).logs;
  }

  /** Resolves as soon as an invocation of it runs. */
  begun(name: string): Promise<void> {
    return functionNamed(this.#state, name).begun();
  }

  /** Kills the instances that are running, half way through; says how many. */
  killRunning(name: string): number {
    return functionNamed(this.#state, name).killRunning();
  }

  /** Resolves when the queue is empty and nothing of it runs. Delays take their time on the cloud's clock. */
  idle(): Promise<void> {
    return this.#state.queue.idle();
  }

  /** Like `idle`, but moves the cloud's clock on instead of waiting. */
  drain(): Promise<void> {
    return this.#state.queue.drain();
  }
}

function toBytes(event: unknown): Buffer {
  if (event instanceof Uint8Array) return Buffer.from(event);
  return Buffer.from(typeof event === 'string' ? event : (JSON.stringify(event) ?? ''));
}
