import { ApiError } from '../http/api-error.ts';
import { headerOf, type WireRequest } from '../http/wire-request.ts';
import type { Edition } from './settings.ts';

// "Asynchronous invocation" in FC's documentation: a task id of up to 128 characters, a delay of up to an hour.
const TASK_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;
const MAX_DELAY_SECONDS = 3600;

export const TASK_ID_HEADER: Readonly<Record<Edition, string>> = {
  fc3: 'x-fc-async-task-id',
  fc2: 'x-fc-stateful-async-invocation-id',
};

export interface InvocationHeaders {
  readonly isAsync: boolean;
  readonly taskId: string | undefined;
  readonly delaySeconds: number;
}

/** What a caller may say about how a function shall run; a word FC does not know is refused. */
export function invocationHeaders(request: WireRequest, edition: Edition): InvocationHeaders {
  const type = headerOf(request, 'x-fc-invocation-type') ?? 'Sync';
  const taskId = headerOf(request, TASK_ID_HEADER[edition]);
  const delay = headerOf(request, 'x-fc-async-delay') ?? '0';
  if (type !== 'Sync' && type !== 'Async') throw invalid(`x-fc-invocation-type ${type}`);
  if (taskId !== undefined && !TASK_ID.test(taskId)) throw invalid(`task id ${taskId}`);
  if (!/^\d{1,9}$/.test(delay) || Number(delay) > MAX_DELAY_SECONDS) throw invalid(`x-fc-async-delay ${delay}`);
  return { isAsync: type === 'Async', taskId, delaySeconds: Number(delay) };
}

function invalid(what: string): ApiError {
  return new ApiError(400, 'InvalidArgument', `The ${what} is not valid.`);
}
