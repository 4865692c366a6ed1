import type { Reason, RebootOutcome } from './outcome.ts';

/** An instance that is not decided yet. */
export type Pending = {
  readonly instanceId: string;
  /** Why it is not restarted so far. */
  readonly reason: Reason;
  /** It has to be described before a call may name it: nothing is known of it, or something has changed. */
  readonly unseen: boolean;
  /** A reboot call of this message may have reached it. */
  readonly called: boolean;
};

/** What a step of the work makes of an instance. */
export type Step = RebootOutcome | Pending;

export function isPending(step: Step): step is Pending {
  return 'unseen' in step;
}

export function isDecided(step: Step): step is RebootOutcome {
  return !isPending(step);
}

const NO_TIME: Reason = { code: 'DeadlineExceeded', message: "the run's time was up" };

export function begin(instanceId: string): Pending {
  return { instanceId, reason: NO_TIME, unseen: true, called: false };
}
