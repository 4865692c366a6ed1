import type { Instance } from '../../shared/ecs/ecs.ts';
import type { Where } from './request/place.ts';

/** Why something was not done for an instance. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  /**
   * - `not-sent`: never sent, or only refused whole for the moment: untouched
   * - `unreachable`: the service was never reached: untouched
   * - `unknown`: sent, no readable answer, and describing did not settle it
   * - `rejected`: the service, or we by a rule learned from it, said no
   */
  readonly why: 'not-sent' | 'unreachable' | 'unknown' | 'rejected';
  /** The HTTP status of the call that was refused as a whole with this code; absent for all else. */
  readonly status?: number;
  /** Another run could get further. */
  readonly retryable: boolean;
};

type About = {
  readonly instanceId: string;
  /** Of a request with several places. */
  readonly where?: Where;
  /** The key pair that the instance has, where it was described and has one that is not the request's. */
  readonly boundKeyPairName?: string | undefined;
  /** In a dry run with `Online`: whether the key can be taken out at once. */
  readonly online?: 'Reachable' | 'Offline' | 'Stopped';
  /** In a dry run or a verification: as ECS showed it. */
  readonly shown?: Instance;
};

export type Passed = About & {
  readonly ok: true;
  readonly code: string;
  readonly message: string;
  /** When ECS said so, ms since the epoch. */
  readonly at: number;
  /** The instance never had this key pair: nothing has changed on it, and nothing has to be restarted. */
  readonly untouched?: true;
};

export type Failed = About & { readonly ok: false; readonly failure: Failure };

/** What became of one instance. A failed one is a value: nothing that happens to it can lose the others. */
export type Outcome = Passed | Failed;

export function detached(instanceId: string, at: number): Passed {
  return passed(instanceId, '200', 'successful', at);
}

export function passed(instanceId: string, code: string, message: string, at: number): Passed {
  return { instanceId, ok: true, code, message, at };
}

export function failed(instanceId: string, failure: Failure): Failed {
  return { instanceId, ok: false, failure };
}

/** What came out, for the log: counts by code. */
export function tally(outcomes: readonly Outcome[]): { total: number; failed: number; codes: Record<string, number> } {
  const codes: Record<string, number> = Object.create(null);
  for (const outcome of outcomes) {
    const code = outcome.ok ? outcome.code : outcome.failure.code;
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return { total: outcomes.length, failed: outcomes.filter(({ ok }) => !ok).length, codes };
}
