/** Exit codes. 1 is for an answer in which something failed, 130 for an interruption (128 + SIGINT). */
export const EXIT = { done: 0, someFailed: 1, wrongUse: 2, refused: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command line that cannot be carried out as it is; the message says what would do. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** The whole of it was refused, or not confirmed. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
