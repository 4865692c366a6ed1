import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

/** A script that runs in a folder that stands for `/` of an instance: it has to honour the variable that names the folder. */
export class ScriptRun {
  readonly ended: Promise<Ended>;
  #child: ChildProcess | undefined;
  #killed = false;

  constructor(script: string, root: string) {
    this.ended = this.#run(script, root);
  }

  /** With everything that it has started. */
  kill(): void {
    this.#killed = true;
    const pid = this.#child?.pid;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }

  async #run(script: string, root: string): Promise<Ended> {
    const folder = await mkdtemp(join(tmpdir(), 'command-'));
    const file = join(folder, 'command.sh');
    try {
      await writeFile(file, script, { mode: 0o755 });
      return await new Promise((resolve) => {
        const environment = { PATH: process.env['PATH'], REMOVE_PUBLIC_KEY_TEST_ROOT: root };
        const child = spawn('sh', [file], { env: environment, cwd: root, detached: true });
        this.#child = child;
        if (this.#killed) this.kill();
        // Cloud Assistant reports both streams as one.
        let output = '';
        child.stdout.on('data', (bytes) => {
          output += String(bytes);
        });
        child.stderr.on('data', (bytes) => {
          output += String(bytes);
        });
        child.on('error', (error) => resolve({ exitCode: 127, output: String(error) }));
        child.on('close', (code) => resolve({ exitCode: code ?? -1, output }));
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
