import type { Services } from '../../shared/alibaba/connect.ts';
import { checkAllowLists } from '../../shared/config/allow-lists.ts';
import type { Config } from '../../shared/config/config.ts';
import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { describeById } from '../../shared/ecs/describe-by-id.ts';
import { type Deadline, deadlineAt } from '../../shared/fc/deadline.ts';
import type { RemovalMessage } from '../../shared/messages/removal-message.ts';
import { retrying } from '../../shared/retry/retry.ts';
import { chooseInstances } from './choose.ts';
import { done, expired, failed, type RemovalOutcome } from './outcome.ts';
import { queueRestarts, type Restart } from './queue-restarts.ts';
import { removeKey } from './remove-key.ts';
import { failureOf, type RemovalRun } from './run-script.ts';

export type RemovalInvocation = {
  readonly config: Config;
  readonly services: Services;
  readonly deadline: Deadline;
  readonly requestId: string;
  readonly tuning: { readonly baseMs?: number; readonly pollMs?: number } | undefined;
};

export type Handled = {
  readonly outcomes: readonly RemovalOutcome[];
  /** Undefined where no restart was asked for. */
  readonly restarts: readonly Restart[] | undefined;
};

/** One message → one outcome for each of its instances, in its order; what is not proven clean has its restart queued. */
export async function handle(message: RemovalMessage, invocation: RemovalInvocation): Promise<Handled> {
  const outcomes = await outcomesOf(message, invocation);
  if (!message.Reboot) return { outcomes, restarts: undefined };
  const { services, deadline, requestId, tuning } = invocation;
  const ids = outcomes.filter(needsRestart).map(({ instanceId }) => instanceId);
  const options = { deadline, requestId, baseMs: tuning?.baseMs };
  return { outcomes, restarts: await queueRestarts(ids, message, () => services.queue('reboots'), options) };
}

/** Nothing is done for a message that is off an allow-list, and restarts of one that came too late would be too late. */
function needsRestart({ action, code }: RemovalOutcome): boolean {
  return (
    action === 'Skipped.Disabled' || (action === 'Failed' && !/^Forbidden\.(RoleArn|Region|KeyPairName)$/.test(code))
  );
}

async function outcomesOf(message: RemovalMessage, invocation: RemovalInvocation): Promise<RemovalOutcome[]> {
  const { config } = invocation;
  const { RegionId: regionId, KeyPairName: keyPairName, RoleArn: roleArn, InstanceIds: ids } = message;
  if (config.onlineDisabled) return ids.map((id) => done(id, 'Skipped.Disabled'));
  if (!isTimely(message)) return ids.map((id) => expired(id, TOO_LATE));
  const refusal = checkAllowLists({ regionId, keyPairName, roleArn }, config);
  if (refusal) return ids.map((id) => failed(id, refusal));
  const outcomes = new Map((await remove(message, invocation)).map((outcome) => [outcome.instanceId, outcome]));
  return ids.map((id) => outcomes.get(id) ?? failed(id, LOST));
}

/** The schema lets times through that no calendar has: with those nothing can be compared, and nothing is done. */
function isTimely({ DetachedAt, NotAfter }: RemovalMessage): boolean {
  const [detachedAt, notAfter] = [Date.parse(DetachedAt), Date.parse(NotAfter)];
  return detachedAt <= Date.now() + CLOCKS_DIFFER_MS && notAfter <= detachedAt + LONGEST_MS && Date.now() <= notAfter;
}

const CLOCKS_DIFFER_MS = 60_000;
const LONGEST_MS = 27 * 3_600_000;

const TOO_LATE = {
  code: 'MessageExpired',
  message: 'This message came later than NotAfter, or its times cannot be: nothing was done. Send the request again.',
};

const LOST = { code: 'OutcomeUnknown', message: 'Nothing is known of this instance.' };

/** Kept for queueing the restarts, at most. */
const QUEUE_MS = 10_000;

/** describe → ask which agents report → run the script, then the read-only run. */
async function remove(message: RemovalMessage, invocation: RemovalInvocation): Promise<RemovalOutcome[]> {
  const { config, services, deadline, tuning } = invocation;
  const { RegionId: regionId, RoleArn: roleArn, InstanceIds: ids } = message;
  const until = message.Reboot ? deadlineAt(deadline.at - Math.min(QUEUE_MS, deadline.left() / 4)) : deadline;
  const options = { deadline: until, timeoutMs: config.ecsTimeoutMs, baseMs: tuning?.baseMs };
  try {
    const where = { regionId, roleArn };
    const connecting = { ...options, attempts: 3 };
    const ecs = await retrying((timeoutMs) => services.ecs(where, timeoutMs), connecting);
    const assistant = await retrying((timeoutMs) => services.cloudAssistant(where, timeoutMs), connecting);
    const { outcomes, running } = chooseInstances(await describeById(ids, { ecs, regionId }, options));
    const run: RemovalRun = {
      ...options,
      assistant,
      regionId,
      timeoutSeconds: message.TimeoutSeconds,
      publicKey: message.PublicKey,
      sessions: message.Sessions,
      pollMs: tuning?.pollMs ?? 3_000,
    };
    return [...outcomes, ...(await removeKey(running, run))];
  } catch (error) {
    const failure = failureOf(callErrorOf(error));
    return ids.map((id) => failed(id, failure));
  }
}
