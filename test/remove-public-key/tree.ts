import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Keys } from './keys.ts';

export const SCRIPT = 'functions/remove-public-key/script/remove-public-key.sh';

export type User = { readonly name: string; readonly home: string; readonly shell?: string };

/** A folder that stands for `/` of one machine. */
export type Tree = {
  readonly root: string;
  write(path: string, text: string, mode?: number): void;
  read(path: string): string;
  remove(): void;
};

export function makeTree(users: readonly User[]): Tree {
  const root = mkdtempSync(join(tmpdir(), 'machine-'));
  const tree: Tree = {
    root,
    write(path, text, mode = 0o600) {
      mkdirSync(join(root, dirname(path)), { recursive: true, mode: 0o755 });
      writeFileSync(join(root, path), text);
      chmodSync(join(root, path), mode);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  for (const folder of ['var/run', 'var/log', 'etc/ssh', 'home', 'root'])
    mkdirSync(join(root, folder), { recursive: true });
  tree.write(
    '/etc/passwd',
    users.map(({ name, home, shell = '/bin/sh' }, k) => `${name}:x:${idOf(name, k)}:0::${home}:${shell}\n`).join(''),
    0o644,
  );
  return tree;
}

function idOf(name: string, position: number): number {
  return name === 'root' ? 0 : 2000 + position;
}

export type Tools = { readonly name: string; readonly shell: readonly string[]; readonly path: string };

/** What every Linux has, and what the script makes use of where it is there. */
export const COMMANDS = 'tr grep sort head tail wc cat cp mv mktemp find readlink ls mkdir rm cmp dd flock'.split(' ');

export function has(command: string): boolean {
  return which(command) !== undefined;
}

/** A folder with these commands alone. */
export function makeTools(name: string, shell: string, awk: string, optional: readonly string[]): Tools {
  const path = mkdtempSync(join(tmpdir(), 'tools-'));
  const link = (command: string, target: string) => symlinkSync(target, join(path, command));
  const busybox = shell === 'busybox' ? which('busybox') : undefined;
  const applets = busybox ? execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n') : [];
  for (const command of COMMANDS) {
    const target = busybox ? busybox : which(command);
    if (target && (!busybox || applets.includes(command))) link(command, target);
  }
  const awkTarget = awk === 'busybox' ? which('busybox') : which(awk);
  if (awkTarget) link('awk', awkTarget);
  for (const command of optional) {
    const target = which(command);
    if (target) link(command, target);
  }
  return { name, path, shell: busybox ? [busybox, 'sh'] : [which(shell) ?? shell] };
}

const found = new Map<string, string | undefined>();

/** Asked once: a process takes longer here than the answer is worth. */
function which(command: string): string | undefined {
  if (!found.has(command)) {
    const { status, stdout } = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' });
    found.set(command, status === 0 ? stdout.trim() : undefined);
  }
  return found.get(command);
}

export type Result = { readonly status: number; readonly output: string; readonly summary: Record<string, string> };

export type Run = { readonly mode: 'remove' | 'check'; readonly sessions?: 'Keep' | 'Close'; readonly key: string };

/** The script as a shell runs it, over a tree. */
export function runScript(
  tree: Tree,
  { path, shell }: Pick<Tools, 'path' | 'shell'>,
  { mode, key, sessions = 'Keep' }: Run,
): Result {
  const [command = 'sh', ...rest] = shell;
  const { status, stdout, stderr } = spawnSync(command, [...rest, SCRIPT], {
    encoding: 'utf8',
    env: { PATH: path, REMOVE_PUBLIC_KEY_TEST_ROOT: tree.root, ...variables(key, mode, sessions) },
  });
  return { status: status ?? -1, output: stdout + stderr, summary: summaryOf(stdout) };
}

export function variables(key: string, mode: string, sessions = 'Keep') {
  const [TYPE = '', KEY = ''] = key.split(' ');
  return { TYPE, KEY, MODE: mode, SESSIONS: sessions, NONCE: 'nonce' };
}

export function summaryOf(stdout: string): Record<string, string> {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return Object.fromEntries(
    last.split(' ').map((pair) => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** Where no other set of tools is the subject of a test. */
export const SYSTEM: Pick<Tools, 'path' | 'shell'> = { path: process.env['PATH'] ?? '', shell: ['sh'] };

export function withAlice(keys: Keys, text = `${keys.leaked} a\n${keys.other} o\n`): Tree {
  const tree = makeTree([
    { name: 'root', home: '/root' },
    { name: 'alice', home: '/home/alice' },
  ]);
  tree.write(ALICE, text);
  return tree;
}

export const ALICE = '/home/alice/.ssh/authorized_keys';

export function sh(script: string, cwd: string): string {
  return execFileSync('sh', ['-c', script], { cwd, encoding: 'utf8' });
}
