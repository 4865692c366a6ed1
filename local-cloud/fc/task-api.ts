import type { ServerResponse } from 'node:http';
import { type Answer, answer, note, send } from '../http/answer.ts';
import { ApiError } from '../http/api-error.ts';
import type { WireRequest } from '../http/wire-request.ts';
import { fcRefusal } from './fc-answer.ts';
import { type FcState, functionNamed, type TaskCall } from './state.ts';
import { isOver, type Task } from './tasks.ts';

const PATH = /^\/2023-03-30\/functions\/([^/]+)\/async-tasks\/([^/]+?)(\/stop)?$/;

/** The request that this path makes of FC's records of tasks; undefined when it makes none. FC 2.0 has another API. */
export function taskCallOf({ method, path }: WireRequest, { place, clock, taskCalls }: FcState): TaskCall | undefined {
  const parts = PATH.exec(path);
  if (!parts || place.edition !== 'fc3') return undefined;
  const [, name = '', taskId = '', stop] = parts;
  if (method !== (stop ? 'PUT' : 'GET')) return undefined;
  return {
    operation: stop ? 'StopAsyncTask' : 'GetAsyncTask',
    function: decodeURIComponent(name),
    taskId: decodeURIComponent(taskId),
    at: clock.now(),
    number: taskCalls.length + 1,
  };
}

/** GetAsyncTask and StopAsyncTask: https://help.aliyun.com/zh/functioncompute/fc/developer-reference/api-fc-2023-03-30-getasynctask */
export async function serveTask(
  request: WireRequest,
  response: ServerResponse,
  call: TaskCall,
  state: FcState,
): Promise<void> {
  try {
    state.verifier.verifyAcs3(request);
  } catch (error) {
    send(response, fcRefusal(error, 'fc3'));
    return;
  }
  state.taskCalls.push(call);
  const fault = state.taskFaults.next(call.operation, call);
  if (fault) call.fault = fault.kind;
  const play = {
    apply: () => perform(call, state),
    refuse: (status: number, code: string, message: string, headers: Record<string, string>) =>
      fcRefusal(new ApiError(status, code, message, headers), 'fc3'),
    latencyMs: 0,
  };
  note(call, await answer(response, play, fault));
}

function perform(call: TaskCall, state: FcState): Answer {
  try {
    const target = functionNamed(state, call.function);
    const task = state.queue.find(call.function, call.taskId);
    if (!task) throw new ApiError(404, 'AsyncTaskNotFound', `The asynchronous task ${call.taskId} does not exist.`);
    if (call.operation === 'GetAsyncTask') return json(recordOf(task, state));
    if (isOver(task.status)) throw notStoppable(task);
    const { stopOfWaiting } = state.switches;
    if (task.status === 'Enqueued' && stopOfWaiting === 'refused') throw notStoppable(task);
    if (task.status !== 'Enqueued' || stopOfWaiting === 'stops') state.queue.stop(task, target);
    return json({});
  } catch (error) {
    return fcRefusal(error, 'fc3');
  }
}

/** As FC's page of AsyncTask has it: times in milliseconds, the payload as it was given. */
function recordOf(task: Task, { place, switches }: FcState): Record<string, unknown> {
  const { startedAt, endedAt, attempts } = task;
  return {
    taskId: task.id,
    requestId: task.requestId,
    functionArn: `acs:fc:${place.regionId}:${place.accountId}:functions/${task.function}`,
    qualifier: 'LATEST',
    status: task.status,
    alreadyRetriedTimes: Math.max(0, attempts - 1),
    ...(startedAt !== undefined && { startedTime: Math.round(startedAt) }),
    ...(endedAt !== undefined && { endTime: Math.round(endedAt) }),
    ...(switches.taskPayload === 'given' && { taskPayload: task.payload }),
    events: [{ eventId: 1, eventDetail: '', status: 'Enqueued', timestamp: Math.round(task.enqueuedAt) }],
  };
}

function notStoppable({ id, status }: Task): ApiError {
  return new ApiError(400, 'InvalidArgument', `The asynchronous task ${id} is ${status} and cannot be stopped.`);
}

function json(body: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
