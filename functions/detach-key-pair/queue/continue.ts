import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { chunks } from '../../../shared/chunks.ts';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import { isUnderWay, submit } from '../../../shared/fc/submit.ts';
import type { Task, TaskQueue } from '../../../shared/fc/task-queue.ts';
import { type Failure, failed, type Outcome } from '../outcome.ts';
import { asToken } from '../request/idempotency-key.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import { REBOOT_LIMITS, type RebootOptions } from '../request/reboot-options.ts';

/** An asynchronous payload may be 128 KB; an id has 64 characters at most, 22 in fact. */
const CHUNK = 1_900;
const CONCURRENCY = 8;

type Hand = { readonly ids: readonly string[]; readonly task: Task };

export type Continuation = {
  readonly outcomes: Outcome[];
  /** The answer's section; undefined when nothing was handed on. */
  readonly section: ContinuationSection | undefined;
};

/** `TaskId` is the first of `TaskIds`: there is more than one where the ids do not fit into one payload. */
export type ContinuationSection = {
  readonly TaskId: string;
  readonly InstanceCount: string;
  readonly TaskIds: readonly string[];
};

type Options = { queue: () => Promise<TaskQueue>; requestId: string; deadline: Deadline; baseMs: number | undefined };

/** What this run had no time for → asynchronous runs of the same function, which go on in the same way. */
export async function enqueueContinuation(
  outcomes: readonly Outcome[],
  request: DetachRequest,
  options: Options,
): Promise<Continuation> {
  const left = outcomes.filter(isUntouched).map(({ instanceId }) => instanceId);
  // A run that got nowhere would hand on for ever: it fails instead, and FC's own retries are counted.
  if (left.length === 0 || left.length === outcomes.length) return { outcomes: [...outcomes], section: undefined };
  const queue = await options.queue();
  const { deadline, baseMs } = options;
  const handed = await pMap(
    plan(left, outcomes.length - left.length, request, options),
    async ({ ids, task }) => ({
      ids,
      task,
      submitted: await submit(() => task.payload, task, queue, {
        deadline,
        baseMs,
        isCurrent: isUnderWay,
        distinct: sha256(options.requestId).slice(0, 8),
      }),
    }),
    { concurrency: CONCURRENCY },
  );
  const taken = handed.filter(({ submitted }) => submitted.status !== 'Failed');
  const TaskIds = taken.map(({ submitted }) => submitted.taskId);
  const [TaskId] = TaskIds;
  const continued = new Set(taken.flatMap(({ ids }) => ids));
  return {
    outcomes: outcomes.map((outcome) =>
      continued.has(outcome.instanceId) ? failed(outcome.instanceId, CONTINUED) : outcome,
    ),
    section: TaskId === undefined ? undefined : { TaskId, InstanceCount: String(continued.size), TaskIds },
  };
}

const CONTINUED: Failure = {
  code: 'Continued',
  message: 'The time of this run did not suffice: an asynchronous run has been handed this instance.',
  why: 'not-sent',
  retryable: false,
};

function isUntouched(outcome: Outcome): boolean {
  return !outcome.ok && outcome.failure.why === 'not-sent';
}

function plan(left: readonly string[], done: number, request: DetachRequest, { requestId }: Options): Hand[] {
  const { reboot } = request;
  let waves = reboot ? Math.ceil(done / reboot.batchSize) : 0;
  return chunks(left, CHUNK).map((ids) => {
    const fields = {
      RegionId: request.regionId,
      KeyPairName: request.keyPairName,
      InstanceIds: ids,
      ...(request.roleArn && { RoleArn: request.roleArn }),
      ...(reboot && { Reboot: rebootFrom(waves, ids.length, reboot) }),
      ...(request.online && {
        Online: { TimeoutSeconds: request.online.timeoutSeconds, Sessions: request.online.sessions },
      }),
      Continue: true,
      ClientToken: asToken(request.clientToken ?? requestId),
      ReturnResults: 'Failed',
    };
    waves += reboot ? Math.ceil(ids.length / reboot.batchSize) : 0;
    const payload = JSON.stringify(fields);
    return { ids, task: { taskId: `continue-${sha256(payload)}`, delaySeconds: 0, payload } };
  });
}

/** The waves go on where those before them end, within the day. */
function rebootFrom(
  wavesBefore: number,
  instances: number,
  { force, batchSize, intervalSeconds, delaySeconds }: RebootOptions,
) {
  const own = (Math.ceil(instances / batchSize) - 1) * intervalSeconds;
  return {
    ForceReboot: force,
    BatchSize: batchSize,
    IntervalSeconds: intervalSeconds,
    DelaySeconds: Math.min(delaySeconds + wavesBefore * intervalSeconds, REBOOT_LIMITS.lastWaveSeconds - own),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
