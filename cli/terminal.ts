/** What a command reads and writes. Results go to `out`, all that is for people to `err`. */
export type Terminal = {
  out(text: string): void;
  err(line: string): void;
  /** Whether a person reads `err`, and may be asked. */
  readonly isInteractive: boolean;
  /** Whether a person reads `out`: then a table is more use than JSON. */
  readonly isOutputForPeople: boolean;
  readonly columns: number;
};

/** The exit codes of the program; docs/cli.md explains them. */
export const EXIT = { done: 0, someFailed: 1, usage: 2, refused: 3, interrupted: 130 } as const;

/** The command line cannot be understood, or asks for what cannot be done: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Nothing was changed: not confirmed, or the whole request was refused. Exit code 3. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
