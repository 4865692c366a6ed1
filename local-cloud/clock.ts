export interface ClockOptions {
  /** Seconds of the cloud per real second. 60 makes a minute pass in one. */
  speed?: number;
  /** Whether functions live at that speed too: their clocks, their timers, the time that they may take. */
  forFunctions?: boolean;
}

/**
 * The cloud's time: starts at the real one and may run faster or jump ahead. Reboots, queue delays, throttling windows,
 * the life of temporary credentials and what a function takes for the time follow it. Timeouts do not, unless the clock is
 * `forFunctions` too: a function that runs for a minute runs for a minute of the machine.
 */
export class Clock {
  readonly speed: number;
  /** Of what functions do within one run. */
  readonly speedOfFunctions: number;
  #origin = Date.now();
  #ahead = 0;
  #stopped = false;
  readonly #alarms = new Set<Alarm>();

  constructor({ speed = 1, forFunctions = false }: ClockOptions = {}) {
    if (!(speed > 0)) throw new RangeError(`clock.speed must be above 0, got ${speed}`);
    this.speed = speed;
    this.speedOfFunctions = forFunctions ? speed : 1;
  }

  now(): number {
    return this.#origin + (Date.now() - this.#origin) * this.speed + this.#ahead;
  }

  /** Jumps ahead; whatever falls due is run before this returns. */
  advance(ms: number): void {
    this.#ahead += ms;
    const due = [...this.#alarms].filter((alarm) => alarm.at <= this.now());
    due.sort((a, b) => a.at - b.at);
    for (const alarm of due) this.#ring(alarm);
    for (const alarm of this.#alarms) this.#set(alarm);
  }

  /** Runs `action` when the cloud's time reaches `at`; returns how to call that off. */
  at(at: number, action: () => void): () => void {
    const alarm: Alarm = { at, action, timer: undefined };
    if (this.#stopped) return () => undefined;
    this.#alarms.add(alarm);
    this.#set(alarm);
    return () => this.#drop(alarm);
  }

  /** When the next thing falls due, if anything does. */
  next(): number | undefined {
    const times = [...this.#alarms].map((alarm) => alarm.at);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  stop(): void {
    this.#stopped = true;
    for (const alarm of this.#alarms) this.#drop(alarm);
  }

  #set(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    const wait = Math.max(0, (alarm.at - this.now()) / this.speed);
    // Timers hold 31 bits of milliseconds; a longer wait is taken up again.
    alarm.timer = setTimeout(
      () => (alarm.at <= this.now() ? this.#ring(alarm) : this.#set(alarm)),
      Math.min(wait, 2 ** 31 - 1),
    );
  }

  #ring(alarm: Alarm): void {
    if (!this.#alarms.has(alarm)) return;
    this.#drop(alarm);
    alarm.action();
  }

  #drop(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    this.#alarms.delete(alarm);
  }
}

interface Alarm {
  readonly at: number;
  readonly action: () => void;
  timer: NodeJS.Timeout | undefined;
}
