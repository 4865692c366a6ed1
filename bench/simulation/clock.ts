type Timer = { readonly at: number; readonly callback: () => void };

/** Time that passes only when nothing is left to do: a discrete-event simulation. */
export class SimulatedClock {
  #now: number;
  readonly #timers: Timer[] = []; // in order, the next one last

  constructor(startedAt: number) {
    this.#now = startedAt;
  }

  now = (): number => this.#now;

  after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + Math.max(0, ms), callback };
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1]?.at ?? 0) <= timer.at) index -= 1;
    this.#timers.splice(index, 0, timer);
    return () => {
      const place = this.#timers.indexOf(timer);
      if (place >= 0) this.#timers.splice(place, 1);
    };
  };

  sleep = (ms: number): Promise<void> => new Promise((resolve) => this.after(ms, resolve));

  /** Runs timer after timer until the work is done. */
  async run(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    void work.finally(() => {
      isDone = true;
    });
    for (;;) {
      // The longest chain of promises between a timer and the next is shorter.
      for (let tick = 0; tick < 10; tick++) await undefined;
      if (isDone) return;
      const timer = this.#timers.pop();
      if (!timer) throw new Error('the work waits for nothing');
      this.#now = timer.at;
      timer.callback();
    }
  }
}
