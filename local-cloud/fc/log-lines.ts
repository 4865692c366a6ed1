import type { Readable } from 'node:stream';

/** Lines of a stream, and a way to know that everything before a certain line has been read. */
export class LogLines {
  #rest = '';
  #ended = false;
  readonly #onLine: (line: string) => void;
  readonly #awaited = new Map<string, () => void>();

  constructor(stream: Readable, onLine: (line: string) => void) {
    this.#onLine = onLine;
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#read(text));
    stream.on('close', () => this.#end());
  }

  /** Resolves at the mark, or when the stream is over. */
  until(mark: string): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.set(mark, resolve));
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    const reached = this.#awaited.get(line);
    if (reached) {
      this.#awaited.delete(line);
      reached();
    } else if (line !== '') {
      this.#onLine(line);
    }
  }

  #end(): void {
    this.#ended = true;
    this.#take(this.#rest);
    for (const reached of this.#awaited.values()) reached();
  }
}
