import type { TaskQueue } from '../fc/task-queue.ts';
import { createSanitizer } from '../log/sanitize.ts';
import { type Acs3Request, acs3Call } from './acs3-call.ts';
import { submitTask } from './submit-task.ts';
import { stopTask, taskStatus } from './task-status.ts';
import { type FcOptions, wireAddress } from './wire-address.ts';

const VERSION = '2023-03-30';

/** One operation on a function. */
type Operation = Pick<Acs3Request, 'method' | 'path' | 'headers' | 'body'> & {
  readonly action: 'InvokeFunction' | 'GetAsyncTask' | 'StopAsyncTask';
};

/** FC 3.0's queue of a function, signed ACS3-HMAC-SHA256: https://help.aliyun.com/document_detail/2513608.html */
export function createQueue({ credentials, accountId, region, endpoint, functionName }: FcOptions): TaskQueue {
  const address = wireAddress(endpoint ?? `https://${accountId}.{region}.fc.aliyuncs.com`, region);
  const sanitize = createSanitizer(credentials);
  const base = `/${VERSION}/functions/${encodeURIComponent(functionName)}`;

  function call({ path, ...operation }: Operation, sdkTimeoutMs: number) {
    return acs3Call({ ...operation, version: VERSION, path: `${base}/${path}` }, address, credentials, sdkTimeoutMs);
  }

  return {
    submit: ({ taskId, delaySeconds, payload }, timeoutMs) => {
      const headers = {
        'content-type': 'application/octet-stream',
        'x-fc-invocation-type': 'Async',
        'x-fc-async-task-id': taskId,
        'x-fc-async-delay': String(delaySeconds),
      };
      const body = Buffer.from(payload);
      const invoke = { action: 'InvokeFunction', method: 'POST', path: 'invocations', headers, body } as const;
      return submitTask(timeoutMs, async (sdkTimeoutMs) => (await call(invoke, sdkTimeoutMs)).headers, sanitize);
    },
    status: (taskId, timeoutMs) => {
      const get = { action: 'GetAsyncTask', method: 'GET', path: `async-tasks/${taskId}` } as const;
      return taskStatus(timeoutMs, async (sdkTimeoutMs) => JSON.parse((await call(get, sdkTimeoutMs)).text), sanitize);
    },
    stop: (taskId, timeoutMs) => {
      const stop = { action: 'StopAsyncTask', method: 'PUT', path: `async-tasks/${taskId}/stop` } as const;
      return stopTask(timeoutMs, (sdkTimeoutMs) => call(stop, sdkTimeoutMs), sanitize);
    },
  };
}
