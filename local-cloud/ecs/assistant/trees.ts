import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for each instance that stands for its `/`, made when it is first looked at. */
export class Trees {
  #base: string | undefined;
  readonly #roots = new Map<string, string>();

  /** `publicKey`: what the platform has put into root's authorized_keys when the instance first started. */
  of(instanceId: string, publicKey: string | undefined): string {
    const known = this.#roots.get(instanceId);
    if (known !== undefined) return known;
    this.#base ??= mkdtempSync(join(tmpdir(), 'instances-'));
    const root = join(this.#base, instanceId);
    this.#roots.set(instanceId, root);
    for (const folder of ['etc/ssh', 'var/run', 'var/log', 'home', 'root/.ssh']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
    if (publicKey !== undefined) {
      writeFileSync(join(root, 'root/.ssh/authorized_keys'), `${publicKey}\n`, { mode: 0o600 });
    }
    return root;
  }

  remove(): void {
    if (this.#base !== undefined) rmSync(this.#base, { recursive: true, force: true });
  }
}
