import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { AccessKey } from '../signature/access-keys.ts';
import { failure } from './clients.ts';
import { echo, json } from './echo.ts';
import { invokeFunction } from './invoke-function.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function start() {
  cloud = await startLocalCloud({ functions: { echo: echo() } });
  const { fc, ecs } = cloud;
  const invoke = (event: unknown, headers: Record<string, string> = {}, key: AccessKey = ecs.stsCredentials) =>
    invokeFunction(fc.endpoint, key, 'echo', event, headers);
  return { ...cloud, invoke };
}

describe('InvokeFunction of FC 3.0', () => {
  it('runs a function and answers with its value', async () => {
    const { invoke } = await start();
    const { body, headers, statusCode } = await invoke({ value: 'done' }, { 'x-fc-log-type': 'Tail' });
    expect([statusCode, body]).toEqual([200, 'done']);
    expect(Buffer.from(headers['x-fc-log-result'], 'base64').toString()).toContain('invocation 1');
  });

  it('is 200 for a function that failed, with a header that tells', async () => {
    const { invoke } = await start();
    const { body, headers, statusCode } = await invoke({ throw: 'oops' });
    expect([statusCode, headers['x-fc-error-type']]).toEqual([200, 'UnhandledInvocationError']);
    expect(json(body)).toMatchObject({ errorMessage: 'oops' });
  });

  it('takes permanent keys too, and no request without the secret', async () => {
    const { invoke, ecs } = await start();
    expect(await invoke({ value: 1 }, {}, ecs.credentials)).toMatchObject({ body: '1' });
    const error = await failure(invoke({}, {}, { ...ecs.credentials, accessKeySecret: 'wrong' }));
    expect(error).toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('does not know a function that is not there', async () => {
    const { fc, ecs } = await start();
    const error = await failure(invokeFunction(fc.endpoint, ecs.credentials, 'nobody', {}, {}));
    expect(error).toMatchObject({ statusCode: 404, code: 'FunctionNotFound' });
  });
});
