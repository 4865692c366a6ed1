interface Step {
  at: number;
  readonly change: 1 | -1;
}

/** How many instances were not Running at one time. */
export class Downtime {
  readonly #steps: Step[] = [];

  /** An instance leaves Running at `from`; the time it is back may be set, and set again, later. */
  leaves(from: number): { backAt: (at: number) => void } {
    this.#steps.push({ at: from, change: 1 });
    let back: Step | undefined;
    return {
      backAt: (at) => {
        if (back) {
          back.at = at;
          return;
        }
        back = { at, change: -1 };
        this.#steps.push(back);
      },
    };
  }

  most(until: number): number {
    const past = this.#steps.filter((step) => step.at <= until).sort((a, b) => a.at - b.at || a.change - b.change);
    let down = 0;
    let most = 0;
    for (const step of past) {
      down += step.change;
      most = Math.max(most, down);
    }
    return most;
  }
}
