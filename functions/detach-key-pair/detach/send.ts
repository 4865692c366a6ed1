import { CallError, callErrorOf, mayBeApplied } from '../../../shared/ecs/call-error.ts';
import type { DetachAnswer } from '../../../shared/ecs/ecs.ts';
import { isRetryable } from '../../../shared/ecs/error-kind.ts';
import type { Permit } from '../../../shared/retry/rate-limiter.ts';
import type { Failure, Outcome } from '../outcome.ts';
import type { Known } from './batch-state.ts';
import { deadlineExceeded, failureOf, OUTCOME_UNKNOWN, SERVICE_UNAVAILABLE } from './failures.ts';
import { readAnswer } from './read-answer.ts';
import type { DetachRun } from './run.ts';

/** How often one set of ids is sent when ECS fails or stays silent. Being throttled does not count: that is paced. */
const ATTEMPTS = 10;
/** How many answers may leave an id out before describing has to say what became of it. */
const UNSAID_ANSWERS = 3;

export type Asked = {
  readonly outcomes: Outcome[];
  /** Without an outcome yet: ECS refused them with `refusal`, or asking ended and `failureFor` says why. */
  readonly left: readonly string[];
  readonly refusal?: CallError;
  readonly failureFor: (id: string) => Failure;
};

/** Asks ECS to detach all ids, again and again for those it leaves open, until it refuses or asking is of no more use. */
export async function ask(ids: readonly string[], run: DetachRun, known: Known): Promise<Asked> {
  const outcomes: Outcome[] = [];
  const itemFailures = new Map<string, Failure>(); // what ECS said of an id since it was last silent about it
  const disputed: string[] = []; // failed now, but an earlier call may have done it
  let left = ids;
  let last: Failure | undefined;
  let unsaidAnswers = 0;
  const ended = (failure: Failure): Asked => {
    const doubted = new Set(known.doubts); // by then settled; the last answer of ECS, if it was one, says most of them
    const lastWord = (id: string) => (last?.status !== undefined && doubted.has(id) ? last : failure);
    return { outcomes, left: [...left, ...disputed], failureFor: (id) => itemFailures.get(id) ?? lastWord(id) };
  };

  for (let attempt = 1; ; ) {
    const permit = await run.limiter.acquire();
    if (!permit) return ended(run.stopped() ?? deadlineExceeded(last));
    const call = run.ecs.detachKeyPair({ ...run.target, instanceIds: left }, run.callTimeoutMs());
    const answer = await call.catch(callErrorOf);
    const throttled = answer instanceof CallError ? take(answer) : read(answer);
    endPermit(permit, answer, throttled);
    if (answer instanceof CallError && !isRetryable(answer.kind))
      return { ...ended(failureOf(answer)), refusal: answer };
    if (left.length === 0 || unsaidAnswers === UNSAID_ANSWERS) return ended(OUTCOME_UNKNOWN);
    if (throttled) continue;
    if (attempt === ATTEMPTS) return ended(exhausted(last ?? OUTCOME_UNKNOWN, run));
    if (!(await run.pause(attempt, hintOf(answer)))) return ended(run.stopped() ?? deadlineExceeded(last));
    attempt += 1;
  }

  function take(error: CallError): boolean {
    run.log.debug('call failed', {
      code: error.code,
      status: error.status,
      message: error.message,
      instances: left.length,
    });
    if (error.applied === 'maybe') for (const id of left) doubt(id);
    last = failureOf(error);
    return error.kind === 'throttled';
  }

  function read(answer: DetachAnswer): boolean {
    const { outcomes: said, retry, unsaid, strangers, throttled } = readAnswer(left, answer, Date.now());
    if (strangers.length > 0)
      run.log.warn('ECS answered for instances that were not asked for', { strangers: strangers.slice(0, 10) });
    for (const outcome of said) {
      if (outcome.ok || !known.doubts.has(outcome.instanceId)) outcomes.push(outcome);
      else {
        itemFailures.set(outcome.instanceId, outcome.failure);
        disputed.push(outcome.instanceId);
      }
    }
    for (const [id, failure] of retry) {
      itemFailures.set(id, failure);
      if (mayBeApplied(failure.code)) known.doubts.add(id);
    }
    for (const id of unsaid) doubt(id);
    if (unsaid.length > 0) unsaidAnswers += 1;
    left = [...retry.keys(), ...unsaid];
    return throttled;
  }

  function doubt(id: string): void {
    known.doubts.add(id);
    itemFailures.delete(id);
  }
}

function endPermit(permit: Permit, answer: DetachAnswer | CallError, throttled: boolean): void {
  if (throttled) permit.throttled(hintOf(answer));
  else if (answer instanceof CallError && answer.code === undefined) permit.unanswered();
  else permit.passed();
}

/** When ECS wants to be asked again, where it says so. */
function hintOf(answer: DetachAnswer | CallError): number | undefined {
  return answer instanceof CallError ? answer.retryAfterMs : undefined;
}

/** Where ECS cannot be reached for one batch, it cannot be for the others. */
function exhausted(last: Failure, run: DetachRun): Failure {
  if (last === SERVICE_UNAVAILABLE) run.stop(last);
  return last;
}
