import type { Services } from '../../shared/alibaba/connect.ts';
import type { Config } from '../../shared/config/config.ts';
import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { describeById } from '../../shared/ecs/describe-by-id.ts';
import { type Deadline, deadlineAt } from '../../shared/fc/deadline.ts';
import { inOrder, LOST } from '../../shared/in-order.ts';
import type { RemovalMessage } from '../../shared/messages/removal-message.ts';
import type { QueuedTask } from '../../shared/messages/task-section.ts';
import { retrying } from '../../shared/retry/retry.ts';
import { refuseMessage } from './check-message.ts';
import { chooseInstances } from './choose.ts';
import { done, failed, type RemovalOutcome } from './outcome.ts';
import { queueRestarts } from './queue-restarts.ts';
import { removeKey } from './remove-key.ts';
import { failureOf, type RemovalRun } from './run-script.ts';

export type RemovalInvocation = {
  readonly config: Config;
  readonly services: Services;
  readonly deadline: Deadline;
  readonly requestId: string;
};

export type Handled = {
  readonly outcomes: readonly RemovalOutcome[];
  /** Undefined where no restart was asked for. */
  readonly restarts: readonly QueuedTask[] | undefined;
};

/** One message → one outcome for each of its instances, in its order; what is not proven clean has its restart queued. */
export async function handle(message: RemovalMessage, invocation: RemovalInvocation): Promise<Handled> {
  const { config, services, deadline, requestId } = invocation;
  const { InstanceIds, Reboot } = message;
  const refused = await refuseMessage(message, invocation);
  const disabled = config.onlineDisabled ? InstanceIds.map((id) => done(id, 'Skipped.Disabled')) : undefined;
  const outcomes = disabled ?? refused ?? inOrder(InstanceIds, await remove(message, invocation), lost);
  if (!Reboot) return { outcomes, restarts: undefined };
  const ids = refused ? [] : outcomes.filter(isUnproven).map(({ instanceId }) => instanceId);
  const options = { deadline, requestId };
  return { outcomes, restarts: await queueRestarts(ids, message, () => services.queue('reboots'), options) };
}

function isUnproven({ action }: RemovalOutcome): boolean {
  return action === 'Failed' || action === 'Skipped.Disabled';
}

const lost = (id: string) => failed(id, LOST);

/** Kept for queueing the restarts, at most. */
const QUEUE_MS = 10_000;

/** describe → ask which agents report → run the script, then the read-only run. */
async function remove(message: RemovalMessage, invocation: RemovalInvocation): Promise<RemovalOutcome[]> {
  const { config, services, deadline } = invocation;
  const { RegionId: regionId, RoleArn: roleArn, InstanceIds: ids } = message;
  const until = message.Reboot ? deadlineAt(deadline.at - Math.min(QUEUE_MS, deadline.left() / 4)) : deadline;
  const options = { deadline: until, timeoutMs: config.ecsTimeoutMs };
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
    };
    return [...outcomes, ...(await removeKey(running, run))];
  } catch (error) {
    const failure = failureOf(callErrorOf(error));
    return ids.map((id) => failed(id, failure));
  }
}
