import type { Terminal } from './terminal.ts';

/** What a command works with. */
export type Session = {
  readonly terminal: Terminal;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** What was typed after the program's name. */
  readonly words: readonly string[];
  /** Says this, and ends with 130, when the program is interrupted; undefined: says nothing. */
  readonly onInterrupt: (say: (() => string) | undefined) => void;
};
