import type { Services } from '../../../shared/alibaba/connect.ts';
import type { Config } from '../../../shared/config/config.ts';
import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import { describeById } from '../../../shared/ecs/describe-by-id.ts';
import { type Deadline, deadlineAt } from '../../../shared/fc/deadline.ts';
import type { RebootMessage } from '../../../shared/messages/reboot-message.ts';
import type { Watch } from '../../../shared/messages/watch.ts';
import { type RetryOptions, retrying } from '../../../shared/retry/retry.ts';
import { choose } from '../choose.ts';
import { failed, type RebootOutcome } from '../outcome.ts';
import { begin, isDecided, isPending, type Pending } from '../pending.ts';
import type { Times } from '../times.ts';
import { type Halt, halted, haltOf } from './halt.ts';
import { remembering, watchWaves } from './watch-waves.ts';

export type Start =
  | { readonly kind: 'begin' }
  | { readonly kind: 'wait'; readonly until: number; readonly message: RebootMessage }
  | {
      readonly kind: 'halt';
      readonly outcomes: readonly RebootOutcome[];
      /** Of the first wave that is not done. */
      readonly halt?: Halt;
    };

type Invocation = { readonly config: Config; readonly services: Services; readonly deadline: Deadline };

/** Instances on their way down or up, as after another delivery of the message, are looked at again after so long. */
const MOVING_MS = 60_000;
/** Reading what others have become leaves time for the restarts. */
const WATCH_PART = 0.5;

/** Whether a wave may begin. One of which nothing has to be restarted any more has nothing to wait for. */
export async function mayBegin(
  message: RebootMessage,
  watch: Watch,
  times: Times,
  { config, services, deadline }: Invocation,
): Promise<Start> {
  const { RegionId: regionId, RoleArn: roleArn, InstanceIds: ids } = message;
  const options = { deadline: deadlineAt(Date.now() + deadline.left() * WATCH_PART), timeoutMs: config.ecsTimeoutMs };
  const own = await lookAtOwn(message, times, services, options);
  if (own?.pending.length === 0) return { kind: 'begin' };
  if (own?.isMoving) {
    const again = Date.now() + MOVING_MS;
    if (again < times.notAfter) return { kind: 'wait', until: again, message };
    return {
      kind: 'halt',
      outcomes: [...own.decided, ...own.pending.map((one) => failed(one.instanceId, one.reason))],
    };
  }
  const seenIn = own && { regionId, roleArn };
  const { verdict, unread } = await watchWaves(watch, times, { services, seenIn, options });
  if (verdict.kind === 'begin') return verdict;
  if (verdict.kind === 'wait') {
    return { kind: 'wait', until: verdict.until, message: remembering(message, watch, verdict.restartedAt) };
  }
  const halt = haltOf(verdict.notBack, watch, unread);
  const left = own?.pending.map(({ instanceId }) => instanceId) ?? ids;
  const outcomes = [...(own?.decided ?? []), ...left.map((id) => halted(id, halt))];
  return { kind: 'halt', outcomes, ...(verdict.isFirstToHalt && { halt }) };
}

type Own = {
  readonly decided: readonly RebootOutcome[];
  /** To be restarted. */
  readonly pending: readonly Pending[];
  /** None of those could be restarted now. */
  readonly isMoving: boolean;
};

/** Undefined where the wave's own instances cannot be seen. */
async function lookAtOwn(
  { RegionId: regionId, RoleArn: roleArn, InstanceIds: ids }: RebootMessage,
  { detachedAt }: Times,
  services: Services,
  options: RetryOptions,
): Promise<Own | undefined> {
  try {
    const ecs = await retrying((timeoutMs) => services.ecs({ regionId, roleArn }, timeoutMs), options);
    const described = await describeById(ids, { ecs, regionId }, options);
    // None there at all: what the restart itself says of that holds.
    if ([...described.values()].every((instance) => instance === 'missing'))
      return { decided: [], pending: [], isMoving: false };
    const steps = [...described].map(([id, instance]) => choose(begin(id), instance, detachedAt));
    const pending = steps.filter(isPending);
    return { decided: steps.filter(isDecided), pending, isMoving: pending.every(({ unseen }) => unseen) };
  } catch (error) {
    callErrorOf(error);
    return undefined;
  }
}
