import { createHash } from 'node:crypto';
import { chunks } from '../../shared/chunks.ts';
import { MAX_TASK_DELAY_SECONDS } from '../../shared/fc/task-queue.ts';
import type { RebootMessage } from '../../shared/messages/reboot-message.ts';
import type { RemovalMessage } from '../../shared/messages/removal-message.ts';
import { iso, notAfterOf } from '../../shared/messages/times.ts';
import type { Watch } from '../../shared/messages/watch.ts';
import { partsOf, secondsToNextMinute, type WaveParts, watchOf } from '../../shared/messages/watch-groups.ts';

/** One wave of what was not proven clean. */
export type PlannedRestart = {
  readonly taskId: string;
  readonly instanceIds: readonly string[];
  /** Until it is due; FC itself delays by an hour at most. */
  readonly delaySeconds: number;
  readonly message: RebootMessage;
};

/** The last moment at which one is due. */
const LAST_WAVE_SECONDS = 86_400;

type Plan = NonNullable<RemovalMessage['Reboot']>;

/** The waves that the request asked for, each instance in its own place. */
export function planRestarts(ids: readonly string[], message: RemovalMessage, now: number): PlannedRestart[] {
  const { Reboot: plan, InstanceIds } = message;
  if (!plan) return [];
  const wanted = new Set(ids);
  const before: WaveParts[] = [plan.Watch?.Earlier ?? [], plan.Watch?.Before ?? []]
    .map(partsOf)
    .filter(({ length }) => length > 0);
  return chunks(InstanceIds, plan.BatchSize).flatMap((wave, k) => {
    const instanceIds = wave.filter((id) => wanted.has(id));
    if (instanceIds.length === 0) return [];
    const watch = plan.Watch && watchOf(before, watchPlanOf(plan.Watch));
    before.push([partOf(instanceIds, message)]);
    return [toRestart(instanceIds, plan.FirstWave + k, { message, plan, watch, now })];
  });
}

function watchPlanOf({ MaxErrors, HealthTimeoutSeconds, Ready }: NonNullable<Plan['Watch']>) {
  return { maxErrors: MaxErrors, healthTimeoutSeconds: HealthTimeoutSeconds, ready: Ready };
}

function partOf(instanceIds: readonly string[], { RegionId, RoleArn, DetachedAt }: RemovalMessage) {
  return { regionId: RegionId, roleArn: RoleArn, detachedAt: Date.parse(DetachedAt), instanceIds };
}

type Work = {
  readonly message: RemovalMessage;
  readonly plan: Plan;
  readonly watch: Watch | undefined;
  readonly now: number;
};

function toRestart(instanceIds: string[], number: number, { message, plan, watch, now }: Work): PlannedRestart {
  const { RegionId, KeyPairName, RoleArn, DetachedAt, SourceRequestId } = message;
  const detachedAt = Date.parse(DetachedAt);
  const delaySeconds = Math.min(delayOf(number, detachedAt, plan, now), LAST_WAVE_SECONDS);
  const waits = plan.Watch !== undefined || plan.NotBefore !== undefined;
  const dueAt = (waits ? now : detachedAt) + delaySeconds * 1_000;
  const waitMs = number * (plan.Watch?.HealthTimeoutSeconds ?? 0) * 1_000;
  return {
    taskId: taskIdOf(instanceIds, number, message, plan),
    instanceIds,
    delaySeconds,
    message: {
      Version: 1,
      RegionId,
      KeyPairName,
      InstanceIds: instanceIds,
      ForceReboot: plan.ForceReboot,
      DetachedAt,
      NotAfter: iso(notAfterOf(detachedAt, dueAt, waitMs)),
      SourceRequestId,
      ...((waits || delaySeconds > MAX_TASK_DELAY_SECONDS) && { NotBefore: iso(dueAt) }),
      ...(RoleArn !== undefined && { RoleArn }),
      ...(watch && { Watch: watch }),
    },
  };
}

/**
 * From `now`. Waves that watch keep to one timetable, whenever the run of their message comes to plan them; and none is due
 * in the minute of the detach, since a start in it proves nothing.
 */
function delayOf(
  number: number,
  detachedAt: number,
  { DelaySeconds, IntervalSeconds, NotBefore, Watch }: Plan,
  now: number,
) {
  const after = number * IntervalSeconds;
  if (NotBefore === undefined && !Watch) return DelaySeconds + after;
  const first = NotBefore === undefined ? detachedAt + DelaySeconds * 1_000 : Date.parse(NotBefore);
  const delay = Math.max(0, Math.ceil((first - now) / 1_000) + after);
  return Watch ? Math.max(delay, secondsToNextMinute(detachedAt, now)) : delay;
}

/** The same for each run of the message, whenever that is. */
function taskIdOf(
  ids: readonly string[],
  number: number,
  message: RemovalMessage,
  { Watch: _, ...plan }: Plan,
): string {
  const { RegionId, KeyPairName, RoleArn, DetachedAt, SourceRequestId } = message;
  const work = [SourceRequestId, RegionId, KeyPairName, RoleArn ?? null, DetachedAt, plan, number, ids];
  return `reboot-${createHash('sha256').update(JSON.stringify(work)).digest('hex')}`;
}
