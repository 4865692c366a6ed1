import { CallError } from '../ecs/call-error.ts';
import { TASK_STATES, type TaskStatus } from '../fc/task-queue.ts';
import type { Sanitize } from '../log/sanitize.ts';
import { recordOf, textOf, type UnknownRecord } from '../record.ts';
import { runSdkCall, SdkCallFailure } from './sdk-call.ts';
import { fcFailure } from './submit-task.ts';

type Call = (sdkTimeoutMs: number) => Promise<unknown>;

/** GetAsyncTask, by the body of its answer. */
export async function taskStatus(timeoutMs: number, call: Call, sanitize: Sanitize): Promise<TaskStatus> {
  const done = await runSdkCall(timeoutMs, call);
  if (!(done instanceof SdkCallFailure)) return readTask(recordOf(done.answer));
  if (done.status === 404) return 'NotFound';
  throw fcFailure(done, sanitize);
}

/** StopAsyncTask; its answer has no content. */
export async function stopTask(timeoutMs: number, call: Call, sanitize: Sanitize): Promise<true> {
  const done = await runSdkCall(timeoutMs, call);
  if (done instanceof SdkCallFailure) throw fcFailure(done, sanitize);
  return true;
}

function readTask({ status, startedTime, endTime, taskPayload, events }: UnknownRecord): TaskStatus {
  const state = TASK_STATES.find((known) => known === status);
  if (!state) throw CallError.unreadable('Function Compute answered with no state of the task');
  const queued = (Array.isArray(events) ? events.map(recordOf) : []).find(({ status: of }) => of === 'Enqueued');
  return {
    state,
    queuedAt: timeOf(queued?.['timestamp']),
    startedAt: timeOf(startedTime),
    endedAt: timeOf(endTime),
    payload: textOf(taskPayload),
  };
}

/** FC writes 0 for a time that has not come. */
function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}
