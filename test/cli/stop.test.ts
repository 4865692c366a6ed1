import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { programs, TARGET } from './program.ts';

const { open, run, homeFolder } = programs();
const LATER = ['--reboot', '--batch-size', '2', '--delay', '600', '--yes'];
const id = (k: number) => `reboot-${String(k).padStart(64, '0')}`;

describe('stop', () => {
  test('takes all that the run of a token has queued out of the queue', async () => {
    const cloud = await open({ instances: 5 });
    await run(['detach', ...TARGET, '--all', ...LATER, '--token', 'leak-7']);
    const { code, stdout, stderr } = await run(['stop', '--token', 'leak-7']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('3 tasks: 3 stopped, 0 not') });
    expect(JSON.parse(stdout)).toMatchObject({
      TotalCount: '3',
      FailCount: '0',
      Tasks: [{ Status: 'Stopped' }, { Status: 'Stopped' }, { Status: 'Stopped' }],
    });
    await cloud.fc.drain();
    expect(cloud.ecs.instances().filter(({ reboots }) => reboots.length > 0)).toEqual([]);
  });

  test('says which were not stopped, and exits with 1', async () => {
    const cloud = await open({ instances: 2 });
    const { stdout: answer } = await run(['detach', ...TARGET, '--all', ...LATER]);
    const file = path.join(homeFolder(), 'answer.json');
    writeFileSync(file, answer);
    expect((await run(['stop', '--tasks', `@${file}`])).code).toBe(0);
    const queued = cloud.fc.tasks.find(({ function: name }) => name === 'reboot-instances')?.id ?? '';
    const { code, stdout, stderr } = await run(['stop', '--tasks', '-'], { input: `${queued}\n${id(1)}\n` });
    expect(code).toBe(1);
    expect(stderr).toContain('2 tasks: 1 stopped, 1 not');
    expect(stderr).toContain('AsyncTaskNotFound');
    expect(JSON.parse(stdout)).toMatchObject({ FailCount: '1', Tasks: [{ TaskId: queued }, { Status: 'Unknown' }] });
  });

  test('sends more ids than one request takes in several', async () => {
    await open({ instances: 1 });
    const input = Array.from({ length: 1_001 }, (_, k) => id(k)).join('\n');
    const { code, stdout } = await run(['stop', '--tasks', '-'], { input });
    expect([code, JSON.parse(stdout).TotalCount]).toEqual([1, '1001']);
  });

  test('of a direct run stops what is kept on this machine', async () => {
    const cloud = await open({ instances: 1 });
    const direct = ['--direct', '--token', 'leak-9'];
    cloud.ecs.permissions.deny('RebootInstances');
    await run(['detach', ...TARGET, '--all', '--reboot', '--yes', ...direct]);
    cloud.ecs.permissions.allow('RebootInstances');
    const { code, stderr } = await run(['stop', ...direct]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('1 task: 1 stopped, 0 not') });
    await run(['detach', ...TARGET, '--all', '--reboot', '--yes', ...direct]);
    expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual([0]);
  });

  test('that the function refuses exits with 3, with the answer on stdout', async () => {
    await open({ instances: 1 });
    const { code, stdout } = await run(['stop', '--tasks', id(1), '--function', 'no-such-function']);
    expect([code, JSON.parse(stdout).Code]).toEqual([3, 'FunctionNotFound']);
  });
});

test.each([
  ['neither tasks nor a token', [], /--tasks/],
  ['both', ['--tasks', id(1), '--token', 'leak-7'], /either/],
  ['what is no task id', ['--tasks', `${id(1)},web-1`], /"web-1"/],
  ['an empty list', ['--tasks', '-'], /no task id in stdin/],
  ['a token of which nothing is kept', ['--token', 'never'], /Nothing is kept/],
  ['ids of a direct run', ['--tasks', id(1), '--direct'], /--direct goes with --token/],
] as const)('stop with %s is wrong use: 2, said on stderr alone', async (_, args, message) => {
  const { code, stdout, stderr } = await run(['stop', ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
