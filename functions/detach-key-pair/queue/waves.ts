import { createHash } from 'node:crypto';
import { chunks } from '../../../shared/chunks.ts';
import type { RebootMessage } from '../../../shared/messages/reboot-message.ts';

/** How a request wants its instances restarted. */
export type RebootPlan = {
  readonly force: boolean;
  /** Instances restarted together, at most 100. */
  readonly batchSize: number;
  /** Between one wave and the next. */
  readonly intervalSeconds: number;
  /** Before the first wave. */
  readonly delaySeconds: number;
};

export type Wave = {
  readonly taskId: string;
  readonly delaySeconds: number;
  readonly message: RebootMessage;
};

export type Origin = {
  readonly regionId: string;
  readonly keyPairName: string;
  readonly roleArn: string | undefined;
  readonly requestId: string;
  /** What makes two requests the same; without one, every request is its own. */
  readonly token: string | undefined;
};

/** FC delays a message by an hour at most. */
export const MAX_DELAY_SECONDS = 3_600;
/** For how long after its time a reboot may still happen: FC's own retries take minutes, an outage may take more. */
const VALID_MS = 3_600_000;

/** Detached instances → one message a wave. `at` is when ECS said that an instance was detached. */
export function planWaves(
  detached: readonly { instanceId: string; at: number }[],
  plan: RebootPlan,
  origin: Origin,
): Wave[] {
  return chunks(detached, plan.batchSize).map((wave, k) => {
    const instanceIds = wave.map(({ instanceId }) => instanceId);
    const detachedAt = wave.reduce((latest, { at }) => Math.max(latest, at), 0);
    const delaySeconds = plan.delaySeconds + k * plan.intervalSeconds;
    return {
      taskId: taskIdOf(instanceIds, plan, origin),
      delaySeconds,
      message: {
        Version: 1,
        RegionId: origin.regionId,
        KeyPairName: origin.keyPairName,
        InstanceIds: instanceIds,
        ForceReboot: plan.force,
        DetachedAt: new Date(detachedAt).toISOString(),
        NotAfter: new Date(detachedAt + delaySeconds * 1_000 + VALID_MS).toISOString(),
        SourceRequestId: origin.requestId,
        ...(origin.roleArn !== undefined && { RoleArn: origin.roleArn }),
      },
    };
  });
}

/** The same work has the same id, and FC takes an id once. Another set of instances is other work: no reboot is lost. */
function taskIdOf(instanceIds: readonly string[], { force }: RebootPlan, origin: Origin): string {
  const { token, requestId, regionId, keyPairName, roleArn } = origin;
  const identity = token === undefined ? { requestId } : { token };
  const same = JSON.stringify([identity, regionId, keyPairName, roleArn, force]);
  return `reboot-${createHash('sha256')
    .update(same)
    .update(JSON.stringify([...instanceIds].sort()))
    .digest('hex')}`;
}
