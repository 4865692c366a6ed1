import type { WaveParts } from '../../shared/messages/watch-groups.ts';
import type { PublicKey } from '../../shared/public-key.ts';
import type { Sections } from './answer/schema.ts';
import type { Invocation } from './invocation.ts';
import type { Outcome } from './outcome.ts';
import type { Group, Prepared } from './prepare.ts';
import { withdraw } from './queue/completion.ts';
import { type Continuation, enqueueContinuation, isContinued, leftOver } from './queue/continue.ts';
import { enqueueReboots, type Queued, rebootSection, refuseUnseen } from './queue/enqueue-reboots.ts';
import {
  enqueueRemovals,
  onlineSection,
  planRemovals,
  type QueuedRemoval,
  type Removal,
  wavesOfRemovals,
} from './queue/removals.ts';
import { restartsOf } from './queue/restarts.ts';
import { type Origin, planWaves, type Slot, type SlotGroup, type Wave } from './queue/waves.ts';
import type { DetachRequest } from './request/parse-request.ts';
import { layOut } from './request/wave-layout.ts';

/** What became of the instances of each holding, in the order of the holdings. */
export type Done = {
  readonly outcomes: readonly (readonly Outcome[])[];
  readonly sections: Sections;
  readonly unfinished: boolean;
};

type Work = {
  readonly request: DetachRequest;
  /** Of a request with `Online`: by group. */
  readonly publicKeys: readonly PublicKey[];
  readonly prepared: Prepared;
  readonly origin: Origin;
  readonly invocation: Invocation;
};

/** By group. */
type Outcomes = readonly (readonly Outcome[])[];

/** Queues what is owed after the detach: restarts or removals, and what the time did not suffice for. */
export async function handOver(outcomes: Outcomes, work: Work): Promise<Done> {
  const { groups, earlier } = work.prepared;
  const slots = groups.map((group, g): OwnSlots => {
    const owed = restartsOf(group.owed, outcomes[g] ?? [], earlier);
    return { where: group.holding.where, slots: owed, isSeen: seenBy(group, work), publicKey: work.publicKeys[g] };
  });
  const waves = wavesOf(slots, work);
  const removals = removalsOf(slots, work);
  const known = waves?.allowed[0]?.waves ?? wavesOfRemovals(removals ?? [], work.origin.before);
  // Side by side: what is left of the time is for all, and none may use it up before the others' turn.
  const [queued, removing, rest] = await Promise.all([
    waves && queueReboots(waves, work),
    removals && queueRemovals(removals, work),
    goOn(outcomes, known, work),
  ]);
  const unqueued = [...(queued ?? []), ...(removing ?? [])].some(({ submitted }) => submitted.status === 'Failed');
  const all = rest.outcomes.flat();
  const isOpen = unqueued || all.some((outcome) => isInDoubt(outcome) || isOwed(outcome, work.request));
  return {
    outcomes: rest.outcomes,
    sections: {
      ...(queued && { Reboot: rebootSection(queued) }),
      ...(removing && { Online: onlineSection(removing) }),
      ...(rest.section && { Continuation: rest.section }),
      ...(await settle(isOpen, work)),
    },
    unfinished: unqueued || isUntold(work.prepared) || isUnfinished(all, work.origin),
  };
}

type OwnSlots = SlotGroup & {
  readonly isSeen: (slot: Slot) => boolean;
  readonly publicKey: PublicKey | undefined;
};

type Waves = { readonly allowed: readonly Wave[]; readonly unseen: readonly Wave[] };

/** None with Online: `remove-public-key` restarts what it could not prove clean. */
function wavesOf(groups: readonly OwnSlots[], { request, origin }: Work): Waves | undefined {
  const { reboot, online } = request;
  if (!reboot || online) return undefined;
  const plan = (isTaken: (slot: Slot, group: OwnSlots) => boolean) => {
    const some = groups.map((group) => ({ ...group, slots: group.slots.filter((slot) => isTaken(slot, group)) }));
    return planWaves(some, reboot, origin);
  };
  return {
    allowed: plan((slot, { isSeen }) => isSeen(slot)),
    unseen: plan((slot, { isSeen }) => !isSeen(slot)),
  };
}

/** With `ALLOWED_KEY_PAIRS` only what was seen may be restarted. */
function seenBy({ described }: Group, { invocation }: Work): (slot: Slot) => boolean {
  const isBounded = invocation.config.allowedKeyPairs?.includes('*') === false;
  return ({ instanceId }) => !isBounded || described?.has(instanceId) === true;
}

async function queueReboots({ allowed, unseen }: Waves, { invocation }: Work): Promise<Queued[]> {
  const refused = unseen.map(refuseUnseen);
  if (allowed.length === 0) return refused;
  const { context, deadline, services, startedAt } = invocation;
  const options = { deadline, requestId: context.requestId, seenAt: startedAt };
  return [...(await enqueueReboots(allowed, await services.queue('reboots'), options)), ...refused];
}

/** Without a restart where it cannot be seen that the instance has had this key pair. */
function removalsOf(groups: readonly OwnSlots[], { request, origin }: Work): Removal[] | undefined {
  const { online, reboot } = request;
  if (!online) return undefined;
  const lengths = groups.map(({ slots }) => slots.length);
  const starts = layOut(lengths, origin, request);
  return groups.flatMap(({ where, slots, isSeen, publicKey }, g) => {
    if (!publicKey) return [];
    const plan = { online, publicKey, origin: { ...origin, ...starts[g] }, where };
    return [
      ...planRemovals(slots.filter(isSeen), { ...plan, reboot }),
      ...planRemovals(
        slots.filter((slot) => !isSeen(slot)),
        { ...plan, reboot: undefined },
      ),
    ];
  });
}

async function queueRemovals(
  removals: readonly Removal[],
  { invocation, origin: { before = [] } }: Work,
): Promise<QueuedRemoval[]> {
  if (removals.length === 0) return [];
  const { context, deadline, services } = invocation;
  const options = { deadline, requestId: context.requestId, before };
  return enqueueRemovals(removals, await services.queue('removals'), options);
}

/** `before`: what is restarted before what is left. */
async function goOn(outcomes: Outcomes, before: readonly WaveParts[], work: Work): Promise<Continuation> {
  const { request, prepared, origin, invocation } = work;
  const left = request.continues ? leftOver(outcomes.flat()).length : 0;
  const sent = prepared.groups.reduce((sum, { owed }) => sum + owed.toDetach.length, 0);
  // A run that got nowhere would hand on for ever: it fails instead, and FC's own retries are counted.
  if (left === 0 || left === sent) return { outcomes, section: undefined };
  const { deadline, services } = invocation;
  const groups = prepared.groups.map(({ holding }, g) => ({ where: holding.where, outcomes: outcomes[g] ?? [] }));
  return enqueueContinuation(groups, {
    request,
    origin: { ...origin, firstWave: firstWaveAfter(outcomes, work), taken: 0, before },
    since: prepared.since,
    queue: await services.queue('itself'),
    deadline,
  });
}

/** After the last wave in which an instance was detached. */
function firstWaveAfter(outcomes: Outcomes, { request, prepared: { groups }, origin }: Work): number {
  const { reboot } = request;
  if (!reboot) return origin.firstWave;
  const lengths = groups.map(({ owed }) => owed.slots.length);
  const starts = layOut(lengths, origin, request);
  const after = groups.map(({ owed }, g) => {
    const done = new Set((outcomes[g] ?? []).filter(({ ok }) => ok).map(({ instanceId }) => instanceId));
    const { firstWave, taken } = starts[g] ?? origin;
    const used = owed.slots.findLastIndex((id) => done.has(id)) + 1;
    return used === 0 ? origin.firstWave : firstWave + Math.ceil((taken + used) / reboot.batchSize);
  });
  return Math.max(origin.firstWave, ...after);
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

/** No work is left in this run, but the record of an earlier one could not be read: its restarts may be missing. */
function isUntold({ groups, provided }: Prepared): boolean {
  return provided?.completion.failure !== undefined && groups.every(({ owed }) => owed.slots.length === 0);
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
