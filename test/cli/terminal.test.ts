import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type Child, start } from './children.ts';
import { PROGRAM, programs, TARGET } from './program.ts';

const { open, environment, run } = programs();

/** A terminal of its own, by `script` of util-linux; what is written to it was typed. Undefined where there is no such program. */
function inTerminal(args: readonly string[], env: Record<string, string> = {}): Child | undefined {
  if (spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') !== true) {
    console.warn('script of util-linux is not here: what a terminal sees is not tried');
    return undefined;
  }
  const command = [process.execPath, PROGRAM, ...args].join(' ');
  return start('script', ['-qec', command, '/dev/null'], { env: { ...environment(), TERM: 'xterm', ...env } });
}

test('in a terminal detach asks for the name, shows a bar, and prints no JSON', async () => {
  const cloud = await open({ instances: 3 });
  const child = inTerminal(['detach', ...TARGET, '--all']);
  if (!child) return;
  await child.says(/Type .*leaked-key.* to do it/);
  expect(cloud.ecs.bound()).toHaveLength(3);
  child.process.stdin.write('leaked-key\r');
  const { code, stdout } = await child.ended;
  expect(code).toBe(0);
  expect(stdout).toContain('3/3 instances');
  expect(stdout).toContain('3 asked, 3 detached, 0 failed');
  expect(stdout).not.toContain('"TotalCount"');
  expect(cloud.ecs.bound()).toEqual([]);
});

test('another name is no confirmation: 3, and nothing is changed', async () => {
  const cloud = await open({ instances: 1 });
  const child = inTerminal(['detach', ...TARGET, '--all'], { NO_COLOR: '1' });
  if (!child) return;
  await child.says(/Type leaked-key to do it/);
  child.process.stdin.write('leaked-kye\r');
  const { code, stdout } = await child.ended;
  expect(code).toBe(3);
  expect(stdout).toContain('Not confirmed. Nothing was changed.');
  expect(cloud.ecs.bound()).toHaveLength(1);
});

test('Ctrl-C at the question changes nothing: 130', async () => {
  const cloud = await open({ instances: 1 });
  const child = inTerminal(['detach', ...TARGET, '--all']);
  if (!child) return;
  await child.says(/to do it/);
  child.process.stdin.write('\u0003');
  expect((await child.ended).code).toBe(130);
  expect(cloud.ecs.bound()).toHaveLength(1);
});

test('what comes from a file or a flag neither moves the cursor nor paints over what is shown', async () => {
  await open({ instances: 1 });
  const input = 'i-\u001b[8mhidden i-\u009b2J i-\u202ebp1';
  const { code, stderr } = await run(['detach', ...TARGET, '--yes', '--instances', '-'], { input });
  expect(code).toBe(2);
  expect(stderr).toContain('"i-\\u001b", "8mhidden", "i-\\u009b2J", "i-\\u202ebp1"');
  const flag = await run(['detach', ...TARGET, '--all', '--interval', '\u001b]0;title\u0007']);
  expect(flag.stderr).toContain('\\u001b]0;title\\u0007');
  expect((await run(['detach', '--\u001b[2J'])).stderr).toContain('\\u001b[2J');
});
