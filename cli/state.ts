import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Job } from '../portal/core/job.ts';
import type { OwnTask } from './transport/process-queue.ts';

/** What a run leaves behind until it is done: its instances, what became of them, and the restarts that are owed. */
export type Saved = {
  readonly version: 1;
  /** Undefined for a run of one request. */
  readonly job: Job | undefined;
  /** The `Tasks` of the answers' sections so far, by section. */
  readonly sections: Readonly<Record<string, readonly object[]>>;
  /** Of `--direct`. */
  readonly tasks: readonly OwnTask[];
};

export type State = { load(): Saved | undefined; save(saved: Saved): void; clear(): void; readonly file: string };

/** One file for each token in `$XDG_STATE_HOME/fc-detach-key-pair`, readable by its owner alone. No credentials are in it. */
export function stateOf(token: string, stateHome: string | undefined): State {
  const folder = path.join(stateHome || path.join(homedir(), '.local', 'state'), 'fc-detach-key-pair');
  const file = path.join(folder, `${createHash('sha256').update(token).digest('hex').slice(0, 32)}.json`);
  return {
    file,
    load() {
      try {
        const saved: Saved = JSON.parse(readFileSync(file, 'utf8'));
        return saved.version === 1 ? saved : undefined;
      } catch {
        return undefined;
      }
    },
    save(saved) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // Renamed into place: an interruption leaves the last whole one.
      writeFileSync(`${file}.new`, JSON.stringify(saved), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    clear: () => rmSync(file, { force: true }),
  };
}
