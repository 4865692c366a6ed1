import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type Child, script, start } from './children.ts';
import { PROGRAM, programs, TARGET } from './program.ts';

const { open, begin, environment } = programs();

/** As `| head` leaves a program: nobody reads what it writes. */
async function unread(child: Child) {
  child.process.stdout.destroy();
  child.process.stderr.destroy();
  const { code } = await child.ended;
  return { code, signal: child.process.signalCode };
}

test('a run goes on when nobody reads its output any more, and exits by what came of it', async () => {
  const cloud = await open({ instances: 120 });
  const run = begin(['detach', ...TARGET, '--all', '--yes', '--reboot', '--json']);
  expect(await unread(run)).toEqual({ code: 0, signal: null });
  expect(cloud.ecs.bound()).toEqual([]);
  const bad = begin(['detach', ...TARGET, '--instances', 'i-bp1nosuch0,i-bp1nosuch1', '--yes']);
  expect((await unread(bad)).code).not.toBe(0);
});

test('so do help, and the demo', async () => {
  expect(await unread(begin(['detach', '--help']))).toEqual({ code: 0, signal: null });
  const [command, args] = script('local-cloud/cli/demo.ts', ['--instances', '60']);
  expect(await unread(start(command, args))).toEqual({ code: 0, signal: null });
});

test('an answer that cannot be written is said on stderr, and the exit code is 3', async () => {
  if (!existsSync('/dev/full')) {
    console.warn('/dev/full is not here: a disk that is full is not tried');
    return;
  }
  const cloud = await open({ instances: 3 });
  const full = openSync('/dev/full', 'w');
  const stdio: StdioOptions = ['ignore', full, 'pipe'];
  const child = spawn(process.execPath, [PROGRAM, 'detach', ...TARGET, '--all', '--yes'], {
    env: environment(),
    stdio,
  });
  closeSync(full);
  const said = text(child.stderr ?? Readable.from([]));
  const [code] = await once(child, 'close');
  expect([code, await said]).toEqual([3, expect.stringMatching(/Error: the output could not be written: ENOSPC/)]);
  expect(await said).not.toContain('    at ');
  expect(cloud.ecs.bound()).toEqual([]);
});
