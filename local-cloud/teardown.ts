/** What has to be undone: at the end, or when a start fails half way. */
export class Teardown {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Everything at once; a second run finds nothing left to do. */
  async run(): Promise<void> {
    await Promise.all(this.#steps.splice(0).map((step) => step()));
  }
}
