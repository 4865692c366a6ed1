import { CallError, callErrorOf, mayBeApplied } from '../../shared/ecs/call-error.ts';
import type { RebootItem } from '../../shared/ecs/ecs.ts';
import { errorKind, isRetryable } from '../../shared/ecs/error-kind.ts';
import { endPermit } from '../../shared/retry/call-limit.ts';
import type { Permit } from '../../shared/retry/rate-limiter.ts';
import { done, failed, type Reason } from './outcome.ts';
import type { Pending, Step } from './pending.ts';
import type { RebootRun } from './reboot.ts';

type Group = readonly Pending[];

type Sent = {
  readonly steps: readonly Step[];
  /** No call may be made any more by the deadline. */
  readonly isOver: boolean;
};

/** Sends running instances, all in one call. Where ECS refuses the whole call for good, smaller ones find out for which. */
export async function send(ready: Group, run: RebootRun): Promise<Sent> {
  const steps: Step[] = [];
  let groups = ready.length > 0 ? [ready] : [];
  for (let group = groups.shift(); group; group = groups.shift()) {
    const permit = await run.limiter.acquire();
    if (!permit) return { steps: [...steps, ...group, ...groups.flat()], isOver: true };
    const answer = await call(group, run);
    report(answer, permit);
    if (answer instanceof CallError && isForOne(answer, group)) {
      const { decided, rest } = refuse(group, groups, answer, run);
      steps.push(...decided);
      groups = rest;
    } else steps.push(...read(group, answer, run));
  }
  return { steps, isOver: false };
}

/** A state that passes is one instance's: the others of its group need not wait for it. */
function isForOne({ kind }: CallError, { length }: Group): boolean {
  return kind === 'passing' ? length > 1 : !isRetryable(kind);
}

function call(group: Group, { ecs, regionId, force, timeoutMs, deadline }: RebootRun) {
  const instanceIds = group.map(({ instanceId }) => instanceId);
  return ecs.rebootInstances({ regionId, instanceIds, force }, Math.min(timeoutMs, deadline.left())).catch(callErrorOf);
}

/** The pace is ECS's: https://help.aliyun.com/zh/ecs/developer-reference/api-throttling */
function report(answer: readonly RebootItem[] | CallError, permit: Permit): void {
  if (answer instanceof CallError) endPermit(permit, answer);
  else if (answer.some(({ code }) => errorKind(code) === 'throttled')) permit.throttled();
  else permit.passed();
}

/** What becomes of the instances of a call that ECS refused whole and for good, and what is to be sent next. */
function refuse(
  group: Group,
  others: readonly Group[],
  error: CallError,
  { refusals }: RebootRun,
): { decided: readonly Step[]; rest: Group[] } {
  const code = error.codeToReport;
  const fail = (some: Group) => some.map((pending) => refused(pending, reasonOf(error)));
  if (error.kind === 'stop') return { decided: fail([...group, ...others.flat()]), rest: [] };
  const before = refusals.verdict(code);
  if (group.length > 1 && before !== 'proven') {
    return { decided: [], rest: [...split(group, before === 'single' ? Math.ceil(group.length / 2) : 1), ...others] };
  }
  if (group.length === 1) refusals.refusedAlone(code);
  const verdict = refusals.verdict(code);
  if (verdict === 'proven') return { decided: fail([...group, ...others.flat()]), rest: [] };
  return { decided: fail(group), rest: verdict === 'suspected' ? split(others.flat(), 1) : [...others] };
}

function split(group: Group, at: number): Group[] {
  return [group.slice(0, at), group.slice(at)].filter(({ length }) => length > 0);
}

/** One answer with an item for each instance, or none that can be read. */
function read(group: Group, answer: readonly RebootItem[] | CallError, { refusals }: RebootRun): Step[] {
  if (answer instanceof CallError) {
    return group.map((pending) => again(pending, reasonOf(answer), answer.applied === 'maybe'));
  }
  const byId = new Map(answer.map((item) => [item.instanceId, item]));
  return group.map((pending) => {
    const item = byId.get(pending.instanceId);
    if (!item?.code) return again(pending, UNKNOWN, true);
    if (item.code === '200') {
      refusals.passed();
      return done(pending.instanceId, 'Rebooted');
    }
    if (isRetryable(errorKind(item.code))) return again(pending, item, mayBeApplied(item.code));
    return refused(pending, item);
  });
}

function again(pending: Pending, { code, message }: Reason, maybeCalled: boolean): Pending {
  const called = pending.called || maybeCalled;
  return { ...pending, reason: { code, message }, unseen: pending.unseen || maybeCalled, called };
}

/** The state may have changed since the instance was described: gone, or between two others. */
function refused(pending: Pending, reason: Reason): Step {
  if (/^InvalidInstanceIds?\.NotFound$/.test(reason.code)) return done(pending.instanceId, 'Skipped.NotFound');
  if (/IncorrectInstanceStatus|NotReady|Conflict/.test(reason.code)) {
    return { ...again(pending, reason, false), unseen: true };
  }
  return failed(pending.instanceId, reason);
}

function reasonOf({ codeToReport: code, message }: CallError): Reason {
  return { code, message };
}

const UNKNOWN: Reason = { code: 'OutcomeUnknown', message: 'ECS gave no readable answer' };
