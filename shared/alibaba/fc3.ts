import OpenApiClient, { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import type { TaskQueue } from '../fc/task-queue.ts';
import { createSanitizer } from '../log/sanitize.ts';
import { submitTask } from './submit-task.ts';
import { stopTask, taskStatus } from './task-status.ts';
import { type FcOptions, wireAddress } from './wire-address.ts';

const VERSION = '2023-03-30';

/** One operation on a function. `json` where its answer is read. */
type Operation = {
  readonly action: 'InvokeFunction' | 'GetAsyncTask' | 'StopAsyncTask';
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly bodyType: 'json' | 'string';
  readonly headers?: Record<string, string>;
  readonly payload?: string;
};

/** FC 3.0's queue of a function, signed ACS3-HMAC-SHA256: https://help.aliyun.com/document_detail/2513608.html */
export function createQueue({ credentials, accountId, region, endpoint, functionName }: FcOptions): TaskQueue {
  const address = wireAddress(endpoint ?? `https://${accountId}.{region}.fc.aliyuncs.com`, region);
  const client = new OpenApiClient(new $OpenApiUtil.Config({ ...credentials, ...address, regionId: region }));
  const sanitize = createSanitizer(credentials);

  function call({ action, method, path, bodyType, headers, payload }: Operation, sdkTimeoutMs: number) {
    const params = new $OpenApiUtil.Params({
      action,
      version: VERSION,
      protocol: 'HTTPS',
      pathname: `/${VERSION}/functions/${encodeURIComponent(functionName)}/${path}`,
      method,
      authType: 'AK',
      style: 'ROA',
      reqBodyType: 'byte',
      bodyType,
    });
    const request = new $OpenApiUtil.OpenApiRequest({
      headers: { ...headers },
      ...(payload !== undefined && { body: Buffer.from(payload) }),
    });
    const runtime = new RuntimeOptions({ readTimeout: sdkTimeoutMs, connectTimeout: sdkTimeoutMs });
    return client.callApi(params, request, runtime);
  }

  return {
    submit: ({ taskId, delaySeconds, payload }, timeoutMs) => {
      const headers = {
        'content-type': 'application/octet-stream',
        'x-fc-invocation-type': 'Async',
        'x-fc-async-task-id': taskId,
        'x-fc-async-delay': String(delaySeconds),
      };
      const invoke = { action: 'InvokeFunction', method: 'POST', path: 'invocations', bodyType: 'string' } as const;
      return submitTask(
        timeoutMs,
        async (sdkTimeoutMs) => (await call({ ...invoke, headers, payload }, sdkTimeoutMs))['headers'],
        sanitize,
      );
    },
    status: (taskId, timeoutMs) => {
      const get = { action: 'GetAsyncTask', method: 'GET', path: `async-tasks/${taskId}`, bodyType: 'json' } as const;
      return taskStatus(timeoutMs, async (sdkTimeoutMs) => (await call(get, sdkTimeoutMs))['body'], sanitize);
    },
    stop: (taskId, timeoutMs) => {
      const path = `async-tasks/${taskId}/stop`;
      const stop = { action: 'StopAsyncTask', method: 'PUT', path, bodyType: 'string' } as const;
      return stopTask(timeoutMs, (sdkTimeoutMs) => call(stop, sdkTimeoutMs), sanitize);
    },
  };
}
