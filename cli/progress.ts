import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

export type Progress = { update(done: number): void; stop(): void };

/** A bar where a person looks on; plain lines, for each tenth that is done, where the output goes into a file. */
export function progressOf(total: number, label: string, terminal: Terminal): Progress {
  if (terminal.isInteractive) {
    const bar = new SingleBar({
      format: `${label} {bar} {value}/{total} {duration_formatted}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: false,
    });
    bar.start(total, 0);
    return { update: (done) => bar.update(done), stop: () => bar.stop() };
  }
  let told = 0;
  return {
    update(done) {
      if (done < total && done - told < total / 10) return;
      told = done;
      terminal.err(`${label}: ${done} of ${total}`);
    },
    stop() {},
  };
}
