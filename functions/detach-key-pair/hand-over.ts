import type { PublicKey } from '../../shared/public-key.ts';
import type { Result } from './answer/answer.ts';
import type { Sections } from './answer/schema.ts';
import type { Invocation } from './invocation.ts';
import type { Outcome } from './outcome.ts';
import type { Prepared } from './prepare.ts';
import { withdraw } from './queue/completion.ts';
import { type Continuation, enqueueContinuation, isContinued, leftOver } from './queue/continue.ts';
import { enqueueReboots, type Queued, rebootSection, refuseUnseen } from './queue/enqueue-reboots.ts';
import { enqueueRemovals, onlineSection, planRemovals, type QueuedRemoval, type Removal } from './queue/removals.ts';
import { restartsOf } from './queue/restarts.ts';
import { type Origin, planWaves, type Slot, type Wave } from './queue/waves.ts';
import type { DetachRequest } from './request/parse-request.ts';
import type { RebootOptions } from './request/reboot-options.ts';

type Work = {
  readonly request: DetachRequest;
  /** Of a request with `Online`. */
  readonly publicKey: PublicKey | undefined;
  readonly prepared: Prepared;
  readonly origin: Origin;
  readonly invocation: Invocation;
};

/** Queues what is owed after the detach: restarts or removals, and what the time did not suffice for. */
export async function handOver(outcomes: readonly Outcome[], work: Work): Promise<Result> {
  const slots = restartsOf(work.prepared.owed, outcomes, work.prepared.earlier);
  const waves = wavesOf(slots, work);
  const removals = removalsOf(slots, work);
  // Side by side: what is left of the time is for all, and none may use it up before the others' turn.
  const [queued, removing, rest] = await Promise.all([
    waves && queueReboots(waves, work),
    removals && queueRemovals(removals, work),
    goOn(outcomes, work),
  ]);
  const unqueued = [...(queued ?? []), ...(removing ?? [])].some(({ submitted }) => submitted.status === 'Failed');
  const isOpen = unqueued || rest.outcomes.some((outcome) => isInDoubt(outcome) || isOwed(outcome, work.request));
  return {
    outcomes: rest.outcomes,
    sections: {
      ...(queued && { Reboot: rebootSection(queued) }),
      ...(removing && { Online: onlineSection(removing) }),
      ...(rest.section && { Continuation: rest.section }),
      ...(await settle(isOpen, work)),
    },
    unfinished: unqueued || isUnfinished(rest.outcomes, work.origin),
  };
}

type Waves = { readonly allowed: readonly Wave[]; readonly unseen: readonly Wave[] };

/** None with Online: `remove-public-key` restarts what it could not prove clean. */
function wavesOf(slots: readonly Slot[], work: Work): Waves | undefined {
  const { request, origin } = work;
  const { reboot, online } = request;
  if (!reboot || online) return undefined;
  const isSeen = seenBy(work);
  const plan = (some: readonly Slot[]) => planWaves(some, reboot, origin, request);
  return { allowed: plan(slots.filter(isSeen)), unseen: plan(slots.filter((slot) => !isSeen(slot))) };
}

/** With `ALLOWED_KEY_PAIRS` only what was seen may be restarted. */
function seenBy({ prepared, invocation }: Work): (place: Slot) => boolean {
  const isBounded = invocation.config.allowedKeyPairs?.includes('*') === false;
  return ({ instanceId }) => !isBounded || prepared.described?.has(instanceId) === true;
}

async function queueReboots({ allowed, unseen }: Waves, { invocation }: Work): Promise<Queued[]> {
  const refused = unseen.map(refuseUnseen);
  if (allowed.length === 0) return refused;
  const { context, deadline, services } = invocation;
  const options = { deadline, requestId: context.requestId };
  return [...(await enqueueReboots(allowed, await services.queue('reboots'), options)), ...refused];
}

/** Without a restart where it cannot be seen that the instance has had this key pair. */
function removalsOf(slots: readonly Slot[], work: Work): Removal[] | undefined {
  const { request, publicKey, origin } = work;
  const { online, reboot } = request;
  if (!online || !publicKey) return undefined;
  const isSeen = seenBy(work);
  const plan = { online, publicKey, origin, where: request };
  return [
    ...planRemovals(slots.filter(isSeen), { ...plan, reboot }),
    ...planRemovals(
      slots.filter((slot) => !isSeen(slot)),
      { ...plan, reboot: undefined },
    ),
  ];
}

async function queueRemovals(removals: readonly Removal[], { invocation }: Work): Promise<QueuedRemoval[]> {
  if (removals.length === 0) return [];
  const { context, deadline, services } = invocation;
  const options = { deadline, requestId: context.requestId };
  return enqueueRemovals(removals, await services.queue('removals'), options);
}

async function goOn(outcomes: readonly Outcome[], work: Work): Promise<Continuation> {
  const { request, prepared, origin, invocation } = work;
  const left = request.continues ? leftOver(outcomes) : [];
  // A run that got nowhere would hand on for ever: it fails instead, and FC's own retries are counted.
  if (left.length === 0 || left.length === prepared.owed.toDetach.length) return { outcomes, section: undefined };
  const { deadline, services } = invocation;
  const waves = request.reboot ? wavesUsed(outcomes, prepared, request.reboot) : 0;
  return enqueueContinuation(left, outcomes, {
    request,
    origin: { ...origin, firstWave: origin.firstWave + waves },
    since: prepared.since,
    queue: await services.queue('itself'),
    deadline,
  });
}

/** Up to the last wave in which an instance was detached. */
function wavesUsed(outcomes: readonly Outcome[], { owed }: Prepared, { batchSize }: RebootOptions): number {
  const done = new Set(outcomes.filter(({ ok }) => ok).map(({ instanceId }) => instanceId));
  return Math.ceil((owed.slots.findLastIndex((id) => done.has(id)) + 1) / batchSize);
}

/** The completion is not needed any more where all is handed over; else it finishes what this run could not. */
async function settle(isOpen: boolean, { prepared, invocation }: Work): Promise<Sections> {
  if (!prepared.provided) return {};
  const { completion, options } = prepared.provided;
  const left = isOpen ? completion.taskIds : await withdraw(completion, options, invocation.deadline);
  return {
    ...(completion.failure && { Completion: 'Failed' }),
    ...(left.length > 0 && { CompletionTaskIds: left }),
  };
}

/** It may have been detached, and then its restart is owed. */
function isInDoubt(outcome: Outcome): boolean {
  return !outcome.ok && outcome.failure.why === 'unknown';
}

/** A request that is to go on by itself does so, even where this run could not hand the rest on. */
function isOwed(outcome: Outcome, { continues }: DetachRequest): boolean {
  return continues && !outcome.ok && outcome.failure.retryable && !isContinued(outcome);
}

/** Of a job no caller reads the answer: whatever failed has to be thrown, for `onFailure` to name it. */
function isUnfinished(outcomes: readonly Outcome[], { job }: Origin): boolean {
  return outcomes.some((outcome) => !outcome.ok && (outcome.failure.retryable || (job && !isContinued(outcome))));
}
