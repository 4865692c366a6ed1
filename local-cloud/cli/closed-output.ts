/** The answer could not be written: as good as none. */
const NOT_WRITTEN = 3;

/**
 * A write that fails would end the process, in the middle of a run: it goes on. Where nobody reads the output any more
 * (`| head`) that is all; an answer that could not be written, on a disk that is full, is said on stderr and by the exit status.
 */
export function surviveClosedOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    console.error(`Error: the output could not be written: ${message}`);
    process.on('exit', () => {
      process.exitCode ||= NOT_WRITTEN;
    });
  });
}
