import type { TaskQueue } from '../fc/task-queue.ts';
import { createSanitizer } from '../log/sanitize.ts';
import { submitTask } from './submit-task.ts';
import { type FcOptions, wireAddress } from './wire-address.ts';

/** FC 2.0's InvokeFunction through its own SDK: functions stand in services there, and a task id has another header. */
export function createQueue(options: FcOptions & { serviceName: string }): TaskQueue {
  const { credentials, accountId, region, endpoint, functionName, serviceName } = options;
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const address = wireAddress(endpoint ?? `https://${accountId}.{region}.fc.aliyuncs.com`, region);
  const sanitize = createSanitizer(credentials);
  return {
    submit: ({ taskId, delaySeconds, payload }, timeoutMs) =>
      submitTask(
        timeoutMs,
        async (sdkTimeoutMs) => {
          const { default: FcClient } = await import('@alicloud/fc2');
          const client = new FcClient(accountId, {
            accessKeyID: accessKeyId,
            accessKeySecret,
            securityToken,
            region,
            endpoint: `${address.protocol}://${address.endpoint}`,
            timeout: sdkTimeoutMs,
            // The SDK passes the token on only for ids that start with STS.
            headers: securityToken ? { 'x-fc-security-token': securityToken } : {},
          });
          const { headers } = await client.invokeFunction(serviceName, functionName, payload, {
            'x-fc-invocation-type': 'Async',
            'x-fc-stateful-async-invocation-id': taskId,
            'x-fc-async-delay': String(delaySeconds),
          });
          return headers;
        },
        sanitize,
      ),
    // The 2016-08-15 API, which is all that this SDK speaks, has no records of tasks.
    status: async () => 'Untold',
    stop: async () => false,
  };
}
