import type { Services } from '../../shared/alibaba/connect.ts';
import { checkAllowLists } from '../../shared/config/allow-lists.ts';
import type { Config } from '../../shared/config/config.ts';
import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { describeById } from '../../shared/ecs/describe-by-id.ts';
import { isForAnotherRun } from '../../shared/ecs/error-kind.ts';
import type { Deadline } from '../../shared/fc/deadline.ts';
import type { RebootMessage } from '../../shared/messages/reboot-message.ts';
import { retrying } from '../../shared/retry/retry.ts';
import { sortOut } from './choose.ts';
import { done, expired, failed, type RebootOutcome } from './outcome.ts';
import { reboot } from './reboot.ts';

export type RebootInvocation = {
  readonly config: Config;
  readonly services: Services;
  readonly deadline: Deadline;
  readonly baseMs: number | undefined;
};

export type Handled = {
  readonly outcomes: readonly RebootOutcome[];
  /** To be thrown: another run could finish something, or somebody has to see that nothing was done. */
  readonly unfinished: boolean;
};

/** One message → one outcome for each of its instances, in its order. */
export async function handle(message: RebootMessage, invocation: RebootInvocation): Promise<Handled> {
  const { config } = invocation;
  const { RegionId: regionId, KeyPairName: keyPairName, RoleArn: roleArn, InstanceIds: ids } = message;
  if (config.rebootsDisabled) return { outcomes: ids.map((id) => done(id, 'Skipped.Disabled')), unfinished: false };
  if (!isTimely(message)) return { outcomes: ids.map((id) => expired(id, TOO_LATE)), unfinished: true };
  const refusal = checkAllowLists({ regionId, keyPairName, roleArn }, config);
  if (refusal) return { outcomes: ids.map((id) => failed(id, refusal, false)), unfinished: true };

  const outcomes = await restart(message, invocation);
  const position = new Map(ids.map((id, index) => [id, index]));
  return {
    outcomes: outcomes.sort((a, b) => Number(position.get(a.instanceId)) - Number(position.get(b.instanceId))),
    unfinished: outcomes.some(({ retryable }) => retryable),
  };
}

/** The schema lets times through that no calendar has: with those nothing can be compared, and nothing is done. */
function isTimely({ DetachedAt, NotAfter }: RebootMessage): boolean {
  return !Number.isNaN(Date.parse(DetachedAt)) && Date.now() <= Date.parse(NotAfter);
}

const TOO_LATE = {
  code: 'MessageExpired',
  message: 'This came later than NotAfter: a reboot nobody expects any more is not done. Restart the instance by hand.',
};

/** The work: describe → leave out whom it is not needed for → reboot the rest. */
async function restart(
  message: RebootMessage,
  { config, services, deadline, baseMs }: RebootInvocation,
): Promise<RebootOutcome[]> {
  const { RegionId: regionId, RoleArn: roleArn, InstanceIds: ids, ForceReboot: force } = message;
  const detachedAt = Date.parse(message.DetachedAt);
  const options = { deadline, timeoutMs: config.ecsTimeoutMs, baseMs };
  try {
    const where = { regionId, roleArn };
    const ecs = await retrying((timeoutMs) => services.ecs(where, timeoutMs), { ...options, attempts: 3 });
    const { outcomes, toReboot } = sortOut(await describeById(ids, { ecs, regionId }, options), detachedAt);
    return [...outcomes, ...(await reboot(toReboot, { ecs, regionId, force, detachedAt, ...options }))];
  } catch (error) {
    const { codeToReport: code, message: why, kind } = callErrorOf(error);
    return ids.map((id) => failed(id, { code, message: why }, isForAnotherRun(kind, code)));
  }
}
