import type { Services } from '../../shared/alibaba/connect.ts';
import { checkAllowLists } from '../../shared/config/allow-lists.ts';
import type { Config } from '../../shared/config/config.ts';
import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { isRetryable } from '../../shared/ecs/error-kind.ts';
import { type Deadline, deadlineAt } from '../../shared/fc/deadline.ts';
import { inOrder, LOST } from '../../shared/in-order.ts';
import type { RebootMessage } from '../../shared/messages/reboot-message.ts';
import { timeFor } from '../../shared/messages/times.ts';
import { retrying } from '../../shared/retry/retry.ts';
import { done, expired, failed, type Reason, type RebootOutcome, requeued } from './outcome.ts';
import { begin, type Pending } from './pending.ts';
import { type Rebooted, reboot } from './reboot.ts';
import { requeue } from './requeue.ts';
import { readTimes, type Times } from './times.ts';
import type { Halt } from './watch/halt.ts';
import { mayBegin } from './watch/may-begin.ts';

export type RebootInvocation = {
  readonly config: Config;
  readonly services: Services;
  readonly deadline: Deadline;
};

/** What was left over is tried again after so long: ECS counts by the minute, and a reboot takes about one. */
const AGAIN_MS = 60_000;
/** Kept for putting what is left into the queue again: three seconds, or a fifth of what there is. */
const REQUEUE_MS = 3_000;
const REQUEUE_PART = 0.2;

export type Handled = {
  readonly outcomes: readonly RebootOutcome[];
  /** Given where this wave is the first that is not done. */
  readonly halt?: Halt;
};

/** One message → one outcome for each of its instances, in its order; none for a message that only waits. */
export async function handle(message: RebootMessage, invocation: RebootInvocation): Promise<Handled> {
  const { InstanceIds: ids, Watch: watch } = message;
  const { config, services, deadline } = invocation;
  const refused = refusalOf(message, config);
  if (refused) return { outcomes: refused };
  const now = await timeFor(message, services, { deadline, timeoutMs: config.ecsTimeoutMs });
  const times = readTimes(message, now);
  if (!times) return { outcomes: ids.map((id) => failed(id, IMPOSSIBLE)) };
  if (now > times.notAfter) return { outcomes: ids.map((id) => expired(id, TOO_LATE)) };
  const isDue = message.NotBefore === undefined || now >= times.notBefore;
  if (!isDue) return { outcomes: await wait(message, times.notBefore, invocation) };

  const start = watch ? await mayBegin(message, watch, times, invocation) : BEGIN;
  if (start.kind === 'wait') return { outcomes: await wait(start.message, start.until, invocation) };
  if (start.kind === 'halt') return { ...start, outcomes: inOrder(ids, start.outcomes, lost) };
  const { outcomes, left } = await work(message, times, invocation);
  return { outcomes: inOrder(ids, [...outcomes, ...(await putBack(left, message, times, invocation))], lost) };
}

const BEGIN = { kind: 'begin' } as const;

/** Why nothing may be done, whatever the time. */
function refusalOf(
  { InstanceIds: ids, RegionId: regionId, KeyPairName: keyPairName, RoleArn: roleArn, Watch }: RebootMessage,
  config: Config,
): RebootOutcome[] | undefined {
  if (config.rebootsDisabled) return ids.map((id) => done(id, 'Skipped.Disabled'));
  const watched = [...(Watch?.Before ?? []), ...(Watch?.Earlier ?? [])];
  const places = [
    { regionId, roleArn },
    ...watched.map((group) => ({ regionId: group.RegionId, roleArn: group.RoleArn })),
  ];
  for (const place of places) {
    const refusal = checkAllowLists({ ...place, keyPairName }, config);
    if (refusal) return ids.map((id) => failed(id, refusal));
  }
  return undefined;
}

const lost = (id: string) => failed(id, LOST);

const IMPOSSIBLE: Reason = {
  code: 'InvalidParameter',
  message:
    'DetachedAt, NotBefore and NotAfter of the message cannot be: no request of detach-key-pair makes such times.',
};

const TOO_LATE: Reason = {
  code: 'MessageExpired',
  message:
    'This came later than NotAfter: a reboot that is no longer expected is not done. Restart the instance by hand.',
};

/** Nothing is done but to go on later. */
async function wait(message: RebootMessage, until: number, { services, deadline }: RebootInvocation) {
  const queue = await services.queue('itself');
  const submitted = await requeue(message, message.InstanceIds, until, queue, deadline);
  return submitted.status === 'Failed' ? message.InstanceIds.map((id) => failed(id, submitted)) : [];
}

async function work(
  message: RebootMessage,
  { detachedAt }: Times,
  { config, services, deadline }: RebootInvocation,
): Promise<Rebooted> {
  const { RegionId: regionId, RoleArn: roleArn, InstanceIds: ids, ForceReboot: force } = message;
  const workBy = deadlineAt(deadline.at - Math.min(REQUEUE_MS, deadline.left() * REQUEUE_PART));
  const options = { deadline: workBy, timeoutMs: config.ecsTimeoutMs };
  try {
    const where = { regionId, roleArn };
    const ecs = await retrying((timeoutMs) => services.ecs(where, timeoutMs), {
      ...options,
      attempts: Number.POSITIVE_INFINITY,
    });
    return await reboot(ids, { ecs, regionId, force, detachedAt, ...options });
  } catch (error) {
    const { codeToReport: code, message: why, kind } = callErrorOf(error);
    const reason = { code, message: why };
    if (isRetryable(kind)) return { outcomes: [], left: ids.map((id) => ({ ...begin(id), reason })) };
    return { outcomes: ids.map((id) => failed(id, reason)), left: [] };
  }
}

/** What the time did not suffice for → another run, as long as the message is valid. */
async function putBack(
  left: readonly Pending[],
  message: RebootMessage,
  { notAfter }: Times,
  invocation: RebootInvocation,
): Promise<RebootOutcome[]> {
  const dueAt = Date.now() + AGAIN_MS;
  if (left.length === 0 || dueAt > notAfter) return left.map(({ instanceId, reason }) => failed(instanceId, reason));
  const queue = await invocation.services.queue('itself');
  const ids = left.map(({ instanceId }) => instanceId);
  const submitted = await requeue(message, ids, dueAt, queue, invocation.deadline);
  return left.map(({ instanceId, reason: { code, message: why } }) => {
    if (submitted.status !== 'Failed') return requeued(instanceId, { code, message: why }, submitted.taskId);
    const unqueued = `It could not be put into the queue again (${submitted.code}: ${submitted.message}).`;
    return failed(instanceId, { code, message: `${why}. ${unqueued}` });
  });
}
