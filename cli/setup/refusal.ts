/** Why nothing was changed. Exit code 2: the command line asks for what cannot be done; 3: everything else. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: 2 | 3;

  constructor(exitCode: 2 | 3, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
