import { CallError } from '../../../shared/ecs/call-error.ts';
import type { Ecs } from '../../../shared/ecs/ecs.ts';
import type { Operation } from '../../../shared/retry/call-limit.ts';

/** Calls of one request that are in flight together, in all of its places. */
export const MOST_CALLS = 64;

/** Makes a call when fewer than `most` others are in flight; `timeoutMs` holds for waiting and call together. */
export type Gate = <T>(timeoutMs: number, call: (timeoutMs: number) => Promise<T>) => Promise<T>;

/** A call that had to wait too long was not made: it throws `CallError`. */
export function createGate(most = MOST_CALLS): Gate {
  const waiting = new Set<() => void>();
  let inFlight = 0;

  function turn(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const begin = () => {
        clearTimeout(timer);
        waiting.delete(begin);
        resolve(true);
      };
      const timer = setTimeout(() => {
        waiting.delete(begin);
        resolve(false);
      }, timeoutMs);
      waiting.add(begin);
    });
  }

  function leave(): void {
    const [next] = waiting;
    // The slot of the one that leaves is handed on.
    if (next) next();
    else inFlight -= 1;
  }

  return async (timeoutMs, call) => {
    const begunAt = Date.now();
    if (inFlight < most) inFlight += 1;
    else if (!(await turn(timeoutMs))) throw CallError.expired();
    try {
      const leftMs = timeoutMs - (Date.now() - begunAt);
      if (leftMs <= 0) throw CallError.expired();
      return await call(leftMs);
    } finally {
      leave();
    }
  };
}

/** The same operations, each call by the gate. */
export function gated(ecs: Ecs, gate: Gate): Ecs {
  const by = <Query, Answer>(operation: Operation<Query, Answer>): Operation<Query, Answer> =>
    Object.assign((query: Query, ms: number) => gate(ms, (left) => operation(query, left)), operation);
  return {
    ...ecs,
    detachKeyPair: by(ecs.detachKeyPair),
    describeInstances: by(ecs.describeInstances),
    keyPairExists: by(ecs.keyPairExists),
    publicKeyOf: by(ecs.publicKeyOf),
    describeKeyPairs: by(ecs.describeKeyPairs),
    describeRegions: by(ecs.describeRegions),
  };
}
