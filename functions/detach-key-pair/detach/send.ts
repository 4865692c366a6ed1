import { CallError, callErrorOf } from '../../../shared/ecs/call-error.ts';
import type { DetachAnswer } from '../../../shared/ecs/ecs.ts';
import { errorKind } from '../../../shared/ecs/error-kind.ts';
import { endPermit } from '../../../shared/retry/call-limit.ts';
import type { Permit } from '../../../shared/retry/rate-limiter.ts';
import { notSent } from '../failures.ts';
import type { Failure } from '../outcome.ts';
import type { BatchState } from './batch-state.ts';
import { next, type Step } from './next.ts';
import type { DetachRun } from './run.ts';

export type SendResult = { readonly state: BatchState; readonly end: Extract<Step, { do: 'isolate' | 'finish' }> };

/** Sends the pending instances again and again until ECS has decided on each, refuses the call, or the time is up. */
export async function send(before: BatchState, run: DetachRun): Promise<SendResult> {
  let state = before;
  for (;;) {
    const answer = await run.slot(() => call(state.pending, run));
    if (answer === undefined) return { state, end: { do: 'finish', failure: outOfTime(state, run) } };
    const [after, step] = next(state, answer, run.ecs.now());
    state = after;
    if (step.do === 'isolate') return { state, end: step };
    if (step.do === 'finish') {
      // Where ECS cannot be reached for one batch, it cannot be for the others.
      if (step.failure.why === 'unreachable') run.stop(step.failure);
      return { state, end: step };
    }
    if (step.do === 'pause' && !(await run.pause(step.attempt, step.hintMs))) {
      return { state, end: { do: 'finish', failure: outOfTime(state, run) } };
    }
  }
}

function outOfTime({ lastFailure }: BatchState, run: DetachRun): Failure {
  return run.stopped() ?? notSent(lastFailure);
}

/** Undefined when there is no time for a call. */
async function call(ids: readonly string[], run: DetachRun): Promise<DetachAnswer | CallError | undefined> {
  const permit = await run.permit();
  const timeoutMs = run.callTimeoutMs();
  if (!permit || timeoutMs === undefined) {
    permit?.unanswered();
    return undefined;
  }
  const startedAt = process.uptime(); // as steady as `performance`, which Node would have to load first
  try {
    const answer = await run.ecs.detachKeyPair({ ...run.target, instanceIds: ids }, timeoutMs);
    run.answeredAfter((process.uptime() - startedAt) * 1_000);
    reportStrangers(ids, answer, run);
    release(permit, answer);
    return answer;
  } catch (thrown) {
    const error = callErrorOf(thrown);
    const { code, status, message } = error;
    run.log.debug('call failed', { code, status, message, instances: ids.length });
    release(permit, error);
    return error;
  }
}

function reportStrangers(ids: readonly string[], { items }: DetachAnswer, { log }: DetachRun): void {
  if (items.every(({ instanceId }, k) => instanceId === ids[k])) return;
  const sent = new Set(ids);
  const strangers = items.map(({ instanceId }) => instanceId).filter((id) => !sent.has(id));
  if (strangers.length > 0) {
    log.warn('ECS answered for instances that were not sent', { strangers: strangers.slice(0, 10) });
  }
}

function release(permit: Permit, answer: DetachAnswer | CallError): void {
  if (answer instanceof CallError) endPermit(permit, answer);
  else if (answer.items.some(({ success, code }) => !success && errorKind(code) === 'throttled')) permit.throttled();
  else permit.passed();
}
