import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Store } from '../../portal/core/job-store.ts';
import { Refused } from '../failure.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** FC keeps a task for 7 days; after a month nothing of a run can be gone on with. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** Where this person's programs keep what must survive them: the XDG base directories, or what macOS has for it. */
export function stateFolder(variables: Variables, platform: NodeJS.Platform = process.platform): string {
  const xdg = variables['XDG_STATE_HOME'];
  const home = variables['HOME'] || homedir();
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'fc-detach-key-pair');
  if (platform === 'darwin') return path.join(home, 'Library/Application Support/fc-detach-key-pair');
  return path.join(home, '.local/state/fc-detach-key-pair');
}

/** The entries of one token, each a file that is there whole or not at all. For this person's eyes alone. */
export function runStore(state: string, token: string): Store {
  // A token may hold what no file name may.
  const folder = path.join(state, createHash('sha256').update(token).digest('hex').slice(0, 32));
  const fileOf = (key: string) => path.join(folder, `${key}.json`);
  return {
    getItem(key) {
      try {
        return readFileSync(fileOf(key), 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw unusable(state, error);
      }
    },
    setItem(key, value) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
      } catch (error) {
        throw unusable(state, error);
      }
      const file = fileOf(key);
      // Two programs may have been started with one token.
      const unfinished = `${file}.${process.pid}`;
      writeFileSync(unfinished, value, { mode: 0o600 });
      renameSync(unfinished, file);
    },
    removeItem: (key) => rmSync(fileOf(key), { force: true }),
  };
}

function unusable(state: string, error: unknown): Refused {
  const why = error instanceof Error ? error.message : String(error);
  return new Refused(
    `What a run needs cannot be kept in ${state}: ${why}. Set XDG_STATE_HOME to a folder that can be written`,
  );
}

/** Takes away what no run will ask for any more. */
export function forgetOld(state: string, now = Date.now()): void {
  let names: string[] = [];
  try {
    names = readdirSync(state);
  } catch {
    return; // there is none yet
  }
  for (const name of names.filter((text) => /^[0-9a-f]{32}$/.test(text))) {
    const folder = path.join(state, name);
    const changedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - changedAt > KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
}
