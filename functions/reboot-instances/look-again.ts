import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { describeById } from '../../shared/ecs/describe-by-id.ts';
import { hasRestarted } from './choose.ts';
import { done, failed, type RebootOutcome } from './outcome.ts';
import type { RebootRun } from './reboot.ts';

type Seen = {
  readonly outcomes: RebootOutcome[] /** Running as before: the call did not reach them. */;
  readonly left: string[];
};

/** What a reboot call without an answer has done: an instance that it reached is on its way down or up, or up again. */
export async function lookAgain(ids: readonly string[], run: RebootRun): Promise<Seen> {
  const outcomes: RebootOutcome[] = [];
  const left: string[] = [];
  if (ids.length === 0) return { outcomes, left };
  try {
    for (const [id, instance] of await describeById(ids, run, run)) {
      if (instance === 'missing') outcomes.push(done(id, 'Skipped.NotFound'));
      else if (instance.status === 'Stopped') outcomes.push(done(id, 'Skipped.Stopped'));
      else if (instance.status !== 'Running' || hasRestarted(instance, run.detachedAt))
        outcomes.push(done(id, 'Rebooted'));
      else left.push(id);
    }
    return { outcomes, left };
  } catch (error) {
    callErrorOf(error);
    return { outcomes: ids.map((id) => failed(id, UNKNOWN, true)), left };
  }
}

const UNKNOWN = {
  code: 'OutcomeUnknown',
  message: 'ECS gave no readable answer, and describing failed: a later run looks first and repeats only what is left.',
};
