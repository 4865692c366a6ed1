import OpenApiClient, { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import type { TaskQueue } from '../fc/task-queue.ts';
import { createSanitizer } from '../log/sanitize.ts';
import { submitTask } from './submit-task.ts';
import { type FcOptions, wireAddress } from './wire-address.ts';

const VERSION = '2023-03-30';

/** FC 3.0's InvokeFunction, signed ACS3-HMAC-SHA256: https://help.aliyun.com/document_detail/2513608.html */
export function createQueue({ credentials, accountId, region, endpoint, functionName }: FcOptions): TaskQueue {
  const address = wireAddress(endpoint ?? `https://${accountId}.{region}.fc.aliyuncs.com`, region);
  const client = new OpenApiClient(new $OpenApiUtil.Config({ ...credentials, ...address, regionId: region }));
  const sanitize = createSanitizer(credentials);
  return {
    submit: ({ taskId, delaySeconds, payload }, timeoutMs) =>
      submitTask(
        timeoutMs,
        async (sdkTimeoutMs) => {
          const params = new $OpenApiUtil.Params({
            action: 'InvokeFunction',
            version: VERSION,
            protocol: 'HTTPS',
            pathname: `/${VERSION}/functions/${encodeURIComponent(functionName)}/invocations`,
            method: 'POST',
            authType: 'AK',
            style: 'ROA',
            reqBodyType: 'byte',
            bodyType: 'string',
          });
          const request = new $OpenApiUtil.OpenApiRequest({
            headers: {
              'content-type': 'application/octet-stream',
              'x-fc-invocation-type': 'Async',
              'x-fc-async-task-id': taskId,
              'x-fc-async-delay': String(delaySeconds),
            },
            body: Buffer.from(payload),
          });
          const runtime = new RuntimeOptions({ readTimeout: sdkTimeoutMs, connectTimeout: sdkTimeoutMs });
          return (await client.callApi(params, request, runtime))['headers'];
        },
        sanitize,
      ),
  };
}
