import FcClient from '@alicloud/fc2';
import { presenting } from '../redact.ts';
import type { TaskQueue } from '../task-queue.ts';
import { submission } from './submission.ts';
import { type FcOptions, wireAddress } from './wire-address.ts';

/** FC 2.0's InvokeFunction through its own SDK: functions stand in services there, and a task id has another header. */
export function createQueue(options: FcOptions & { serviceName: string }): TaskQueue {
  const { credentials, accountId, region, endpoint, functionName, serviceName } = options;
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  const address = wireAddress(endpoint ?? `https://${accountId}.{region}.fc.aliyuncs.com`, region);
  const present = presenting(credentials);
  return {
    submit: ({ taskId, delaySeconds, payload }, timeoutMs) =>
      submission(
        timeoutMs,
        async (patienceMs) => {
          const client = new FcClient(accountId, {
            accessKeyID: accessKeyId,
            accessKeySecret,
            securityToken,
            region,
            endpoint: `${address.protocol}://${address.endpoint}`,
            timeout: patienceMs,
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
        present,
      ),
  };
}
