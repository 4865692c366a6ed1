import { expect, test } from 'vitest';
import { type Child, script, start } from './children.ts';
import { programs, TARGET } from './program.ts';

const { open, begin } = programs();

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
