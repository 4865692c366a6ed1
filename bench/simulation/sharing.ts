import { SimulatedClock } from './clock.ts';
import type { CreateContender } from './contenders.ts';
import { IN_FLIGHT, seeded } from './run.ts';
import type { Throttle } from './throttle.ts';

export type Sharing = {
  /** Each with a limiter of its own and `IN_FLIGHT` calls at once, behind one throttle. */
  readonly callers: number;
  readonly throttle: Throttle;
  readonly latencyMs: number;
  readonly startsAt: number;
  readonly endsAt: number;
};

/** Calls without end until the time is up: when the calls of each caller passed. */
export async function share(course: Sharing, create: CreateContender, seed: number): Promise<number[][]> {
  const { callers, throttle, latencyMs, startsAt, endsAt } = course;
  const clock = new SimulatedClock(startsAt);
  const random = seeded(seed);
  const passed: number[][] = Array.from({ length: callers }, () => []);
  const work = passed.flatMap((times) => {
    const contender = create(clock, random);
    const call = async () => {
      await clock.sleep(latencyMs / 2);
      const passes = throttle.take(clock.now());
      if (passes) times.push(clock.now());
      await clock.sleep(latencyMs / 2);
      return passes;
    };
    return Array.from({ length: IN_FLIGHT }, async () => {
      while (clock.now() < endsAt) await contender(call);
    });
  });
  await clock.run(Promise.all(work));
  return passed;
}

/** Calls a second between two moments. */
export function rateOf(times: readonly number[], from: number, to: number): number {
  return times.filter((time) => time >= from && time < to).length / ((to - from) / 1_000);
}
