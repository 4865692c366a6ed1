import { SimulatedClock } from './clock.ts';
import type { CreateContender } from './contenders.ts';
import type { Throttle } from './throttle.ts';

export const IN_FLIGHT = 8;

export type Course = {
  readonly throttle: () => Throttle;
  readonly batches: number;
  readonly latencyMs: number;
  readonly startsAt: number;
};

/** The same numbers for the same seed: mulberry32. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How long a caller needs that knows the throttle, with as many calls in flight. */
function idealMs({ throttle, batches, latencyMs, startsAt }: Course): number {
  const server = throttle();
  const free = Array.from({ length: IN_FLIGHT }, () => startsAt);
  let [at, end] = [startsAt, startsAt];
  for (let k = 0; k < batches; k++) {
    at = Math.max(at, (free[k % IN_FLIGHT] ?? 0) + latencyMs / 2);
    at = server.opensAt(at);
    server.take(at);
    end = at + latencyMs / 2;
    free[k % IN_FLIGHT] = end;
  }
  return end - startsAt;
}

export async function run(course: Course, create: CreateContender, seed: number) {
  const { batches, latencyMs, startsAt } = course;
  const random = seeded(seed);
  const clock = new SimulatedClock(startsAt);
  const server = course.throttle();
  const contender = create(clock, random);
  let [left, calls] = [batches, 0];
  const call = async () => {
    calls += 1;
    await clock.sleep(latencyMs / 2);
    const passes = server.take(clock.now());
    await clock.sleep(latencyMs / 2);
    return passes;
  };
  const worker = async () => {
    while (left-- > 0) await contender(call);
  };
  await clock.run(Promise.all(Array.from({ length: IN_FLIGHT }, worker)));
  return { share: idealMs(course) / (clock.now() - startsAt), callsPerBatch: calls / batches };
}
