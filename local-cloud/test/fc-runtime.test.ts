import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { FunctionOptions } from '../fc/settings.ts';
import { echo, json } from './echo.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function start(options: Partial<FunctionOptions> = {}) {
  cloud = await startLocalCloud({ functions: { echo: echo(options) } });
  const invoke = async (event: unknown) => {
    const result = await cloud.fc.invoke('echo', event);
    return {
      ...result,
      seen: result.errorType === undefined && result.payload.startsWith('{') ? json(result.payload) : {},
    };
  };
  return { ...cloud, invoke };
}

describe('the runtime', () => {
  it('runs the code alone in a folder, with the variables of FC and nothing inherited', async () => {
    const { invoke, ecs, fc } = await start({ environment: { LOG_LEVEL: 'debug' } });
    const { seen } = await invoke({});
    expect(seen).toMatchObject({
      env: {
        FC_FUNCTION_NAME: 'echo',
        FC_REGION: 'cn-hangzhou',
        FC_ACCOUNT_ID: '1234567890123456',
        FC_FUNCTION_HANDLER: 'index.handler',
        ECS_ENDPOINT: ecs.endpoint,
        FC_ENDPOINT: fc.endpoint,
        LOG_LEVEL: 'debug',
        ALIBABA_CLOUD_ACCESS_KEY_ID: ecs.stsCredentials.accessKeyId,
        ALIBABA_CLOUD_SECURITY_TOKEN: ecs.stsCredentials.securityToken,
      },
    });
    expect(seen).not.toHaveProperty('env.USER');
    expect(seen).not.toHaveProperty('env.NODE_OPTIONS');
    expect(seen).not.toHaveProperty('env.FC_SERVICE_NAME');
    await cloud.stop();
    expect('cwd' in seen && existsSync(String(seen.cwd))).toBe(false);
  });

  it('hands over the context of FC 3.0', async () => {
    const { invoke, ecs } = await start({ timeoutSeconds: 17 });
    const { seen } = await invoke({});
    expect(seen).toMatchObject({
      context: {
        requestId: expect.stringMatching(/^1-[0-9a-f]{8}-/),
        credentials: {
          accessKeyId: ecs.stsCredentials.accessKeyId,
          accessKeySecret: ecs.stsCredentials.accessKeySecret,
          securityToken: ecs.stsCredentials.securityToken,
        },
        function: { name: 'echo', handler: 'index.handler', memory: 512, timeout: 17 },
        region: 'cn-hangzhou',
        accountId: '1234567890123456',
        retryCount: 0,
      },
    });
    expect(seen).not.toHaveProperty('context.service.name');
  });

  it('has no credentials to give without a role', async () => {
    const { invoke } = await start({ role: false });
    const { seen } = await invoke({});
    expect(seen).toMatchObject({ context: { credentials: {} } });
    expect(seen).not.toHaveProperty('env.ALIBABA_CLOUD_ACCESS_KEY_ID');
  });

  it('gives a warm instance the new credentials once the old have expired', async () => {
    const { invoke, ecs } = await start();
    const before = await invoke({});
    ecs.expireCredentials();
    const after = await invoke({});
    const { accessKeyId } = ecs.stsCredentials;
    expect(before.seen).not.toHaveProperty('context.credentials.accessKeyId', accessKeyId);
    expect(after.seen).toMatchObject({
      count: 2,
      context: { credentials: { accessKeyId } },
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId },
    });
  });

  it('uses a free instance again, frozen in between', async () => {
    const { invoke } = await start();
    const first = await invoke({ background: true });
    const second = await invoke({});
    expect(second.seen).toMatchObject({ count: 2, pid: 'pid' in first.seen && first.seen.pid });
  });

  // Only Linux tells the state of a process in a file.
  it.runIf(existsSync('/proc/self/stat'))('freezes an instance once the value is there', async () => {
    const { invoke } = await start();
    const { seen } = await invoke({});
    const pid = 'pid' in seen ? Number(seen.pid) : 0;
    await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') T '));
  });

  it('starts another instance while one is busy, and refuses beyond the limit', async () => {
    const { invoke, fc, ecs } = await start({ maxInstances: 2 });
    const hang = `${ecs.endpoint}/`;
    const results = [invoke({ forever: true }), invoke({ forever: true }), invoke({ get: hang })];
    await expect(results[2]).rejects.toMatchObject({ status: 429, code: 'ResourceExhausted' });
    expect(fc.killRunning('echo')).toBe(2);
    for (const result of results.slice(0, 2)) {
      await expect(result).resolves.toMatchObject({ errorType: 'UnhandledInvocationError' });
    }
  });

  it.each([
    ['text', 'text'],
    [5, '5'],
    [null, 'null'],
    [{ a: 1 }, '{"a":1}'],
  ])('turns the value %j into %s', async (value, payload) => {
    const { invoke } = await start();
    expect(await invoke({ value })).toMatchObject({ payload });
  });

  it('tells what was thrown, with its type and stack', async () => {
    const { invoke } = await start();
    const { errorType, payload } = await invoke({ throw: 'oops' });
    expect(errorType).toBe('UnhandledInvocationError');
    expect(json(payload)).toMatchObject({
      errorMessage: 'oops',
      errorType: 'TypeError',
      stackTrace: expect.any(Array),
    });
  });

  it('says so when the process ends, and starts another one', async () => {
    const { invoke } = await start();
    const { errorType, payload } = await invoke({ exit: true });
    expect(errorType).toBe('UnhandledInvocationError');
    expect(payload).toContain('Process exited unexpectedly before completing request');
    expect((await invoke({})).seen).toMatchObject({ count: 1 });
  });

  it('kills what does not end in time', async () => {
    const { invoke } = await start({ timeoutSeconds: 0.2 });
    const { errorType, payload } = await invoke({ forever: true });
    expect(errorType).toBe('UnhandledInvocationError');
    expect(payload).toContain('Function timed out after 0.2 seconds');
    expect((await invoke({})).seen).toMatchObject({ count: 1 });
  });

  it('takes the callback form', async () => {
    const { fc } = await start({ handler: 'index.withCallback' });
    expect(await fc.invoke('echo', '')).toMatchObject({ payload: 'by callback' });
    expect(await fc.invoke('echo', 'fail')).toMatchObject({ errorType: 'HandledInvocationError' });
  });

  it('reports code that cannot be loaded as the error of each invocation', async () => {
    const { fc } = await start({ handler: 'index.nothing' });
    const { errorType, payload } = await fc.invoke('echo', '');
    expect(errorType).toBe('UnhandledInvocationError');
    expect(payload).toContain('index.nothing is not a function');
  });

  it('collects what was printed, by invocation and in all', async () => {
    const { invoke, fc } = await start();
    const { logs } = await invoke({ print: 'no newline' });
    expect([...logs].sort()).toEqual(['a line on stderr', 'invocation 1', 'no newline']);
    await invoke({});
    expect(fc.logs('echo')).toHaveLength(5);
  });

  it.each([
    ['FC_ANYTHING', '1'],
    ['1ST', '1'],
    ['BIG', 'x'.repeat(4096)],
  ])('refuses the variable %s as FC does', async (name, value) => {
    cloud = await startLocalCloud();
    const functions = { echo: echo({ environment: { [name]: value } }) };
    await expect(startLocalCloud({ functions })).rejects.toThrow(/FC refuses|more than 4 KB/);
  });
});
