import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { programs, TARGET } from './program.ts';

const { open, run, begin, environment, homeFolder } = programs();
const BAD = 'i-bp1nosuchinstance00001';

test('--direct detaches and restarts without any function, in waves of its own', async () => {
  const cloud = await open({ instances: 5, rebootSeconds: 1 });
  const flags = ['--all', '--yes', '--direct', '--reboot', '--batch-size', '2', '--interval', '1'];
  const { code, stdout, stderr } = await run(['detach', ...TARGET, ...flags]);
  expect(stderr).toMatch(
    /This process does 3 waves itself.*keep it running.*the same command with --token cli-\w+ goes on/,
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    TotalCount: '5',
    FailCount: '0',
    Reboot: { TotalCount: '5', FailCount: '0' },
  });
  expect(cloud.ecs.bound()).toEqual([]);
  expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual([1, 1, 1, 1, 1]);
  expect(cloud.fc.calls).toEqual([]);
});

test('--direct stopped between two waves goes on with the same command', async () => {
  const cloud = await open({ instances: 4, rebootSeconds: 1 });
  const flags = ['--all', '--yes', '--direct', '--reboot', '--batch-size', '2', '--interval', '15'];
  const child = begin(['detach', ...TARGET, ...flags]);
  await child.says(/a wave of 2 instances is done/);
  child.process.kill('SIGINT');
  const { code, stderr } = await child.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('its key still works');
  const [, words = ''] = /fc-detach-key-pair (detach .*--token \S+)$/m.exec(stderr) ?? [];

  const resumed = await run(words.split(' '));
  expect(resumed.code).toBe(0);
  expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual([1, 1, 1, 1]);
});

test('--direct gone on with hours later still restarts what is owed, and keeps the waves apart', async () => {
  const startTime = Date.now() - 7 * 24 * 3_600_000;
  const cloud = await open({ instances: Array.from({ length: 4 }, () => ({ startTime })), rebootSeconds: 1 });
  const flags = ['--all', '--yes', '--direct', '--reboot', '--batch-size', '1', '--interval', '3', '--token', 'leak-1'];
  const child = begin(['detach', ...TARGET, ...flags]);
  await child.says(/a wave of 1 instance is done/);
  child.process.kill('SIGINT');
  await child.ended;
  const state = path.join(homeFolder(), '.local/state/fc-detach-key-pair');
  const file = path.join(state, String(readdirSync(state)[0]), 'tasks.json');
  // As if all of it had happened 30 hours before.
  const earlier = (time: number) => time - 30 * 3_600_000;
  const text = readFileSync(file, 'utf8')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => new Date(earlier(Date.parse(time))).toISOString())
    .replace(/(?<="(?:queuedAt|dueAt|startedAt)":)\d+/g, (time) => String(earlier(Number(time))));
  writeFileSync(file, text);

  const { code, stderr } = await run(['detach', ...TARGET, ...flags]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('failed:') });
  expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual([1, 1, 1, 1]);
  const [, second = 0, third = 0, fourth = 0] = cloud.ecs
    .instances()
    .flatMap(({ reboots }) => reboots.map(({ requestedAt }) => requestedAt))
    .sort((a, b) => a - b);
  for (const apart of [third - second, fourth - third]) expect(apart).toBeGreaterThan(2_500);
});

test('--direct killed in the middle of a request loses no restart', async () => {
  const cloud = await open({ instances: 120, latencyMs: 30, rebootSeconds: 1 });
  let calls = 0;
  let hold = () => {};
  const held = new Promise<void>((resolve) => {
    hold = resolve;
  });
  cloud.ecs.onCall('DetachKeyPair', () => {
    calls += 1;
    if (calls < 2) return undefined;
    hold();
    return { kind: 'hang', applied: false };
  });
  const flags = ['--all', '--yes', '--direct', '--reboot', '--interval', '0', '--token', 'leak-1'];
  const child = begin(['detach', ...TARGET, ...flags], { env: { DETACH_CONCURRENCY: '1' } });
  await held;
  child.process.kill('SIGKILL');
  await child.ended;
  cloud.ecs.onCall('DetachKeyPair', undefined);
  expect(cloud.ecs.bound().length).toBeLessThan(120);

  const resumed = await run(['detach', ...TARGET, ...flags]);
  expect(resumed.code).toBe(0);
  expect(cloud.ecs.bound()).toEqual([]);
  expect(cloud.ecs.instances().filter(({ reboots }) => reboots.length !== 1)).toEqual([]);
});

test('--direct looks, and says what failed, as the function does', async () => {
  const cloud = await open({ instances: 1 });
  const ids = [...cloud.ecs.bound(), BAD].join();
  const looked = await run(['dry-run', ...TARGET, '--instances', ids, '--direct']);
  expect(looked.code).toBe(1);
  const { code, stdout } = await run(['detach', ...TARGET, '--instances', ids, '--direct', '--yes']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '2', FailCount: '1' });
  const refused = await run([
    'detach',
    '--region',
    'cn-hangzhou',
    '--key-pair',
    'leaked-kye',
    '--all',
    '--yes',
    '--direct',
  ]);
  expect(refused.code).toBe(3);
});

test('--direct shows no secret, not even with --debug', async () => {
  await open({ instances: 1 });
  const { stdout, stderr } = await run(['detach', ...TARGET, '--all', '--direct', '--yes', '--debug']);
  expect(stderr).toContain('debug:');
  expect(stdout + stderr).not.toContain(environment()['ALIBABA_CLOUD_ACCESS_KEY_SECRET']);
});
