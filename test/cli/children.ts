import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Child = {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Resolves with all that was written so far, both streams, as soon as it matches; rejects when it ends without. */
  readonly says: (pattern: RegExp) => Promise<string>;
};

type Options = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
};

/** A real process with pipes for its three streams and no environment but PATH and what is given. */
export function start(command: string, args: readonly string[], { env = {}, cwd, input }: Options = {}): Child {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr, all] = ['', '', ''];
  const waiting = new Set<() => void>();
  const hear = (add: (text: string) => void) => (text: string) => {
    add(text);
    all += text;
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on(
    'data',
    hear((text) => {
      stdout += text;
    }),
  );
  child.stderr.setEncoding('utf8').on(
    'data',
    hear((text) => {
      stderr += text;
    }),
  );
  // A program that does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined);
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (pattern.test(all)) resolve(all);
      };
      waiting.add(look);
      look();
      ended.then(() => reject(new Error(`It ended without ${pattern}: ${all}`)), reject);
    });
  return { process: child, ended, says };
}

export function run(command: string, args: readonly string[], options: Options = {}): Promise<Ended> {
  return start(command, args, { input: '', ...options }).ended;
}

/** A TypeScript file of this repository. */
export function script(file: string, args: readonly string[]): [string, string[]] {
  return [process.execPath, ['--import', 'tsx', file, ...args]];
}
