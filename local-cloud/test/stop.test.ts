import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { startLocalCloud } from '../cloud.ts';
import { echo, json } from './echo.ts';
import { signedUrl } from './rpc-call.ts';

it('stops at once, whatever hangs, runs, sleeps or waits', async () => {
  const cloud = await startLocalCloud({ functions: { echo: echo({ maxInstances: 2 }) } });
  const { ecs, fc, sts } = cloud;
  const frozen = { pid: 0, cwd: '', ...json((await fc.invoke('echo', {})).payload) };
  const running = [fc.invoke('echo', { forever: true }), fc.invoke('echo', { forever: true })];
  await fc.invoke('echo', {}, { async: true });
  await fc.invoke('echo', {}, { async: true, delaySeconds: 3600 });
  ecs.script('DescribeKeyPairs', [{ kind: 'hang', applied: true }]);
  const hanging = fetch(signedUrl(ecs.endpoint, ecs.credentials, 'DescribeKeyPairs', {})).catch(
    (error: Error) => error.message,
  );
  await fc.begun('echo');

  await cloud.stop();

  expect(await hanging).toBe('fetch failed');
  for (const result of await Promise.all(running)) expect(result.errorType).toBe('UnhandledInvocationError');
  expect(() => process.kill(frozen.pid, 0)).toThrow('ESRCH');
  expect([existsSync(frozen.cwd), existsSync(sts.caFile)]).toEqual([false, false]);
  expect(fc.tasks.map((task) => task.status)).toEqual(['Enqueued', 'Enqueued']);
  await expect(fc.invoke('echo', {})).rejects.toMatchObject({ code: 'ResourceExhausted' });
  await cloud.stop();
});

it('leaves no folder behind when it cannot start', async () => {
  const code = echo().code;
  const taken = await startLocalCloud({ functions: { taken: { code, httpTrigger: true } } });
  const port = Number(new URL(taken.fc.triggerUrl).port);
  const missing = { 'half-started': { code }, other: { code: '/nowhere.js' } };
  await expect(startLocalCloud({ functions: missing })).rejects.toThrow('ENOENT');
  const functions = { 'half-started': { code, httpTrigger: true } };
  await expect(startLocalCloud({ functions, port })).rejects.toThrow('EADDRINUSE');
  await taken.stop();
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('half-started-'))).toEqual([]);
});
