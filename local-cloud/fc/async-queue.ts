import type { Clock } from '../clock.ts';
import { ApiError } from '../http/api-error.ts';
import type { CloudFunction } from './cloud-function.ts';
import { type InvocationResult, newFcRequestId } from './invocation.ts';
import type { Place } from './surroundings.ts';
import type { FailureRecord, Task, TaskRequest, TaskStatus } from './tasks.ts';

// How long FC waits before it repeats a failed invocation is nowhere written.
const RETRY_DELAY_MS = 1000;

/** Asynchronous invocations: delayed, delivered at least once, repeated when they fail, given up when too old. */
export class AsyncQueue {
  readonly tasks: Task[] = [];
  readonly failures: FailureRecord[] = [];
  readonly #clock: Clock;
  readonly #place: Place;
  readonly #byKey = new Map<string, Task>();
  /** How to call off what waits, by task. */
  readonly #alarms = new Map<Task, Set<() => void>>();
  #open = 0;
  #running = 0;
  readonly #onChange = new Set<() => void>();

  constructor(clock: Clock, place: Place) {
    this.#clock = clock;
    this.#place = place;
  }

  enqueue(target: CloudFunction, { event, taskId, delaySeconds = 0, http }: TaskRequest): Task {
    const { name, asyncTask, deliveries } = target.settings;
    const requestId = newFcRequestId();
    // Without `asyncTask` FC keeps no record of tasks, and so knows no repetition.
    const id = asyncTask && taskId !== undefined ? taskId : requestId;
    if (this.find(name, id)) {
      throw new ApiError(409, 'AsyncTaskAlreadyExists', `The asynchronous task ${id} exists already.`);
    }
    const task: Task = {
      id,
      function: name,
      requestId,
      payload: event.toString('utf8'),
      delaySeconds,
      enqueuedAt: this.#clock.now(),
      status: 'Enqueued',
      attempts: 0,
      results: [],
    };
    this.tasks.push(task);
    this.#byKey.set(keyOf(name, id), task);
    const dueAt = task.enqueuedAt + delaySeconds * 1000;
    for (let n = 0; n < deliveries.count; n++) {
      this.#open++;
      const delivery = { task, target, event, ...(http ? { http } : {}) };
      this.#runAt(dueAt + n * deliveries.gapSeconds * 1000, delivery, 0);
    }
    return task;
  }

  find(functionName: string, id: string): Task | undefined {
    return this.#byKey.get(keyOf(functionName, id));
  }

  /** Takes a task out of the queue; what runs of it already is killed, and not repeated. */
  stop(task: Task, target: CloudFunction): void {
    const waiting = this.#alarms.get(task) ?? new Set();
    this.#alarms.delete(task);
    for (const callOff of waiting) {
      callOff();
      this.#open--;
    }
    const runs = target.kill(task.requestId);
    task.status = runs > 0 ? 'Stopping' : 'Stopped';
    if (runs === 0) task.endedAt = this.#clock.now();
    this.#change();
  }

  /** Resolves when nothing waits and nothing runs. */
  async idle(): Promise<void> {
    while (this.#open > 0) await this.#changed();
  }

  /** Like `idle`, but moves the cloud's clock on to each next thing instead of waiting for it. */
  async drain(): Promise<void> {
    while (this.#open > 0) {
      const next = this.#clock.next();
      if (this.#running === 0 && next !== undefined) this.#clock.advance(Math.max(0, next - this.#clock.now()));
      else await this.#changed();
    }
  }

  #runAt(at: number, delivery: Delivery, retryCount: number): void {
    const { task } = delivery;
    const alarms = this.#alarms.get(task) ?? new Set();
    this.#alarms.set(task, alarms);
    const callOff = this.#clock.at(at, () => {
      alarms.delete(callOff);
      void this.#run(delivery, retryCount);
    });
    alarms.add(callOff);
  }

  async #run(delivery: Delivery, retryCount: number): Promise<void> {
    const { task, target, event, http } = delivery;
    const { maxAsyncEventAgeInSeconds, maxAsyncRetryAttempts } = target.settings;
    this.#running++;
    while (!target.hasRoom) await target.room();
    if (isStopped(task)) {
      this.#finish(delivery, 'Stopped');
      return;
    }
    if (this.#clock.now() > task.enqueuedAt + maxAsyncEventAgeInSeconds * 1000) {
      this.#finish(delivery, 'Expired');
      return;
    }
    task.status = 'Running';
    task.startedAt ??= this.#clock.now();
    task.attempts++;
    const result = await target.invoke({ requestId: task.requestId, event, retryCount, ...(http ? { http } : {}) });
    const { errorType } = result;
    task.results.push({ payload: result.payload.toString('utf8'), ...(errorType ? { errorType } : {}) });
    if (isStopped(task)) {
      this.#finish(delivery, 'Stopped');
    } else if (errorType === undefined) {
      this.#finish(delivery, 'Succeeded');
    } else if (retryCount < maxAsyncRetryAttempts) {
      task.status = 'Retrying';
      this.#runAt(this.#clock.now() + RETRY_DELAY_MS, delivery, retryCount + 1);
      this.#running--;
      this.#change();
    } else {
      this.#finish(delivery, 'Failed', result);
    }
  }

  #finish({ task, target }: Delivery, status: TaskStatus, result?: InvocationResult): void {
    task.status = status;
    task.endedAt = this.#clock.now();
    const isFailure = status === 'Failed' || status === 'Expired';
    if (isFailure && target.settings.onFailure) this.failures.push(this.#failure(task, result));
    this.#running--;
    this.#open--;
    this.#change();
  }

  #failure(task: Task, result: InvocationResult | undefined): FailureRecord {
    const { accountId, regionId } = this.#place;
    return {
      timestamp: Math.round(this.#clock.now()),
      requestContext: {
        requestId: task.requestId,
        functionArn: `acs:fc:${regionId}:${accountId}:functions/${task.function}`,
        condition: result ? 'RetriesExhausted' : 'EventAgeExceeded',
        approximateInvokeCount: task.attempts,
      },
      requestPayload: task.payload,
      responseContext: { statusCode: 200, functionError: result?.errorType ?? '' },
      responsePayload: result?.payload.toString('utf8') ?? '',
    };
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#onChange.add(resolve));
  }

  #change(): void {
    for (const changed of this.#onChange) changed();
    this.#onChange.clear();
  }
}

interface Delivery {
  readonly task: Task;
  readonly target: CloudFunction;
  readonly event: Buffer;
  readonly http?: TaskRequest['http'];
}

function keyOf(functionName: string, id: string): string {
  return `${functionName}/${id}`;
}

function isStopped({ status }: Task): boolean {
  return status === 'Stopping' || status === 'Stopped';
}
