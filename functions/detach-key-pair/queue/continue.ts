import pLimit from 'p-limit';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import { isUnderWay, submit } from '../../../shared/fc/submit.ts';
import { distinctOf, sha256 } from '../../../shared/fc/task-id.ts';
import type { TaskQueue } from '../../../shared/fc/task-queue.ts';
import type { Sections } from '../answer/schema.ts';
import { type Failure, failed, type Outcome } from '../outcome.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import { type Where, whereKey } from '../request/place.ts';
import { type JobPart, jobParts, jobPayload } from './job.ts';
import type { Origin } from './waves.ts';

const CONCURRENCY = 8;

export type Continuation = {
  /** By group, as they were given. */
  readonly outcomes: readonly (readonly Outcome[])[];
  /** The answer's section; undefined when nothing was handed on. */
  readonly section: Sections['Continuation'];
};

/** What became of the instances of one key pair in one place. */
export type OutcomeGroup = { readonly where: Where; readonly outcomes: readonly Outcome[] };

type Options = {
  readonly request: DetachRequest;
  /** Where the waves of the continuation begin. */
  readonly origin: Origin;
  /** When the request's work began, ms since the epoch. */
  readonly since: number;
  readonly queue: TaskQueue;
  readonly deadline: Deadline;
};

/** What this run had no time for: never sent, or only refused for the moment. */
export function leftOver(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter((outcome) => !outcome.ok && outcome.failure.why === 'not-sent')
    .map(({ instanceId }) => instanceId);
}

/** Hands what is left to asynchronous runs of the same function, which go on in the same way. */
export async function enqueueContinuation(
  groups: readonly OutcomeGroup[],
  { request, origin, since, queue, deadline }: Options,
): Promise<Continuation> {
  const left = groups.map(({ where, outcomes }) => ({ where, instanceIds: leftOver(outcomes) }));
  const parts = jobParts(left, origin, since, request);
  const handOn = async (part: JobPart) => {
    const payloadOf = (one: JobPart) =>
      jobPayload('Continuation', request, one, { since, parts: parts.length }, origin);
    // The same work, whenever what came before it was detached.
    const work = payloadOf({ ...part, before: undefined });
    const submitted = await submit(
      () => payloadOf(part),
      { taskId: `continue-${sha256(work)}`, delaySeconds: 0 },
      queue,
      { deadline, isCurrent: isUnderWay, distinct: distinctOf(work) },
    );
    return { part, submitted };
  };
  const handed = await pLimit(CONCURRENCY).map(parts, handOn);
  const taken = handed.filter(({ submitted }) => submitted.status !== 'Failed');
  const TaskIds = taken.map(({ submitted }) => submitted.taskId);
  const [TaskId] = TaskIds;
  const continued = new Set(taken.flatMap(({ part }) => part.instanceIds.map((id) => `${id} ${whereKey(part.where)}`)));
  return {
    outcomes: groups.map(({ where, outcomes }) =>
      outcomes.map((outcome) =>
        continued.has(`${outcome.instanceId} ${whereKey(where)}`) ? failed(outcome.instanceId, CONTINUED) : outcome,
      ),
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

/** Handed to another run. */
export function isContinued(outcome: Outcome): boolean {
  return !outcome.ok && outcome.failure === CONTINUED;
}
