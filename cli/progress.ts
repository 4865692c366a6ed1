import { type Options, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

export type Progress = { readonly show: (done: number, failed: number) => void; readonly end: () => void };

const FORMAT: Options = {
  format: '{bar} {value}/{total} instances, {failed} failed, {eta_formatted} left',
  hideCursor: true,
  stream: process.stderr,
};

/** A bar in a terminal; in a pipe one line for each request that was answered. */
export function createProgress(total: number, { isLive, say }: Terminal): Progress {
  if (!isLive) {
    let last = -1;
    return {
      show: (done, failed) => {
        if (done !== last) say(`${done} of ${total} done, ${failed} failed`);
        last = done;
      },
      end: () => undefined,
    };
  }
  const bar = new SingleBar(FORMAT);
  bar.start(total, 0, { failed: 0 });
  return { show: (done, failed) => bar.update(done, { failed }), end: () => bar.stop() };
}
