import { setTimeout as sleep } from 'node:timers/promises';
import { type CallError, callErrorOf } from '../../../shared/ecs/call-error.ts';
import { isRetryable } from '../../../shared/ecs/error-kind.ts';
import { type Latest, latestTask } from '../../../shared/fc/latest-task.ts';
import type { TaskQueue, TaskState } from '../../../shared/fc/task-queue.ts';
import { waits } from '../../../shared/retry/backoff.ts';
import { type RetryOptions, retrying } from '../../../shared/retry/retry.ts';

/**
 * What became of a task that was to be taken out of the queue.
 * - `Stopped`: it waits no longer
 * - `Running`: too late, it is at work
 * - `Finished`: it was over before
 * - `Unknown`: FC has none of this id, does not say, or did not take it out
 */
export type Stopped = {
  readonly taskId: string;
  readonly status: 'Stopped' | 'Running' | 'Finished' | 'Unknown';
  readonly why?: { readonly code: string; readonly message: string };
  /** Sent again, the request could get further. */
  readonly retryable: boolean;
};

/** A run that only waits is over within a second or two, and has put its message into the queue again by then. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 2_000;

/** Takes a task out of the queue, or the one that goes on where it has ended. */
export async function stopTask(taskId: string, queue: TaskQueue, options: RetryOptions): Promise<Stopped> {
  try {
    let latest = await latestTask(taskId, queue, options);
    for (let look = 1; isRunning(latest) && look < LOOKS && options.deadline.left() > LOOK_AGAIN_MS; look++) {
      await sleep(LOOK_AGAIN_MS * waits.factor);
      latest = await latestTask(taskId, queue, options);
    }
    if (latest === 'NotFound') return unknown(taskId, NOT_FOUND);
    if (latest === 'Untold') return unknown(taskId, UNTOLD);
    if (!isWaiting(latest.record.state)) return told(taskId, latest.record.state);
    return await stopWaiting(taskId, latest.taskId, queue, options);
  } catch (error) {
    return failed(taskId, callErrorOf(error));
  }
}

function isRunning(latest: Latest | string): boolean {
  return typeof latest === 'object' && told('', latest.record.state).status === 'Running';
}

/** `Retrying`: its last run has failed, and the next one waits. */
function isWaiting(state: TaskState): boolean {
  return state === 'Enqueued' || state === 'Retrying';
}

/** Whether FC has stopped it, its record says: what it answers is not documented for a task that is not due yet. */
async function stopWaiting(
  taskId: string,
  latestId: string,
  queue: TaskQueue,
  options: RetryOptions,
): Promise<Stopped> {
  const refusal = await retrying((timeoutMs) => queue.stop(latestId, timeoutMs), options).then(
    () => undefined,
    (error: unknown) => callErrorOf(error),
  );
  const status = await retrying((timeoutMs) => queue.status(latestId, timeoutMs), options);
  const state = typeof status === 'string' ? undefined : status.state;
  if (state !== undefined && !isWaiting(state)) return told(taskId, state);
  return refusal ? failed(taskId, refusal) : unknown(taskId, STILL_THERE);
}

function told(taskId: string, state: TaskState): Stopped {
  const status = state === 'Stopped' ? 'Stopped' : /^(Dequeued|Running|Stopping)$/.test(state) ? 'Running' : 'Finished';
  return { taskId, status, retryable: false };
}

function unknown(taskId: string, why: Stopped['why'] & {}): Stopped {
  return { taskId, status: 'Unknown', why, retryable: false };
}

function failed(taskId: string, { codeToReport: code, message, kind }: CallError): Stopped {
  return { taskId, status: 'Unknown', why: { code, message }, retryable: isRetryable(kind) };
}

const NOT_FOUND = {
  code: 'AsyncTaskNotFound',
  message: 'Function Compute has no task of this id: it keeps them for 7 days.',
};
const UNTOLD = {
  code: 'UnsupportedOperation',
  message: 'FC 2.0 neither tells nor stops tasks: REBOOTS_DISABLED of reboot-instances stops all restarts.',
};
const STILL_THERE = {
  code: 'OutcomeUnknown',
  message: 'Function Compute took the call, and the task still waits: REBOOTS_DISABLED of reboot-instances stops it.',
};
