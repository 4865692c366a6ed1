import { grouped } from './grouped.ts';
import { type Detached, type Proof, proofRequests } from './proof.ts';
import type { Item, Reply } from './reply.ts';
import { errorsOf } from './restarts.ts';
import type { Target } from './target.ts';

/** What an instance's item said, in which answer, and when. */
export type SeenItem = Item & { readonly requestId: string; readonly seenAt: number };

/** What a verification has shown so far. */
export type Seen = {
  readonly items: ReadonlyMap<string, SeenItem>;
  /** When a wave was first seen to be done, by its place in the proof. */
  readonly doneAt: ReadonlyMap<number, number>;
  /** When the last round was over, by this page's clock. */
  readonly at: number;
  /** Rounds in a row that ECS or a gateway throttled or did not answer. */
  readonly refused: number;
};

export const NOTHING_SEEN: Seen = { items: new Map(), doneAt: new Map(), at: 0, refused: 0 };

/**
 * - `waits`: not due
 * - `runs`: due, and not all of it is back
 * - `halted`: the wave before it did not come back in time, and it was not begun
 * - `late`: it should have been over long ago
 * - `stopped`: taken out of the queue
 */
export type Phase = 'waits' | 'runs' | 'done' | 'halted' | 'late' | 'stopped' | 'by hand';

export type WaveProgress = {
  readonly phase: Phase;
  readonly target: Target;
  readonly due: number | undefined;
  readonly total: number;
  readonly done: number;
};

export type Counts = {
  readonly total: number;
  readonly restarted: number;
  /** Proven clean by a read-back on the instance. */
  readonly removed: number;
  readonly pending: number;
  readonly bound: number;
  readonly missing: number;
  readonly unknown: number;
};

export type Progress = Counts & {
  readonly waves: readonly WaveProgress[];
  /** Instances that nothing in the queue will make done: what can be finished. */
  readonly open: readonly string[];
  /** Where waves are halted: the instances that they waited for. */
  readonly notBack: readonly string[];
  /** Tasks that can still be taken out of the queue. */
  readonly stoppable: readonly string[];
  readonly isOver: boolean;
  /** Until the last wave is back, about; undefined when nothing is queued, or waves are halted. */
  readonly secondsLeft: number | undefined;
};

/** An instance of ordinary size is back after it. */
const RESTART_MS = 90_000;
/** FC's own retries take minutes. Later than this, a restart has most likely failed. */
const LATE_MS = 15 * 60_000;
const SECOND = 1_000;

/** Where a rollout stands. `stopped`: tasks that were taken out of the queue. */
export function progressOf(proof: Proof, seen: Seen, stopped: readonly string[], now: number): Progress {
  const gone = new Set(stopped);
  const waves = proof.groups.map((group, k) => waveOf(group, k, proof, seen, gone, now));
  const within = (...phases: readonly Phase[]) =>
    proof.groups.filter((_, k) => phases.some((phase) => phase === waves[k]?.phase));
  const openOf = (groups: readonly Detached[]) => groups.flatMap(({ ids }) => ids.filter((id) => isOpen(seen, id)));
  const isHalt = within('halted').length > 0;
  const counts = countsOf(proof, seen);
  const queued = waves.filter(({ phase }) => phase === 'waits' || phase === 'runs');
  const end = Math.max(0, ...queued.map(({ due = now }) => Math.max(due, now - RESTART_MS / 2) + RESTART_MS));
  return {
    ...counts,
    waves,
    open: openOf(within('halted', 'late', 'stopped')),
    notBack: isHalt ? openOf(within('runs', 'late')) : [],
    stoppable: [...new Set(within('waits', 'runs', 'halted').flatMap(({ task }) => task ?? []))],
    isOver: seen.items.size > 0 && counts.unknown === 0 && within('waits', 'runs', 'by hand').length === 0,
    secondsLeft: isHalt || queued.length === 0 ? undefined : Math.max(0, (end - now) / SECOND),
  };
}

function waveOf(
  group: Detached,
  k: number,
  proof: Proof,
  seen: Seen,
  stopped: ReadonlySet<string>,
  now: number,
): WaveProgress {
  const { target, due, ids } = group;
  const done = ids.filter((id) => seen.items.has(id) && !isOpen(seen, id)).length;
  return { phase: phaseOf(group, done, k, proof, seen, stopped, now), target, due, total: ids.length, done };
}

function phaseOf(
  group: Detached,
  done: number,
  k: number,
  proof: Proof,
  seen: Seen,
  stopped: ReadonlySet<string>,
  now: number,
): Phase {
  const { due, ids, task } = group;
  if (done === ids.length) return 'done';
  if (due === undefined) return 'by hand';
  if (task !== undefined && stopped.has(task)) return 'stopped';
  if (proof.watch && isHalted(k, proof, seen, now)) return 'halted';
  if (now < due) return 'waits';
  const patience = proof.watch ? LATE_MS + proof.watch.healthTimeoutSeconds * SECOND : LATE_MS;
  return now > dueOf(k, proof, seen) + patience ? 'late' : 'runs';
}

/**
 * A wave waits for the one before it from when it is due, or that one was restarted, whichever is later. One that has
 * given up stays halted, whatever comes back after that: its message is gone.
 */
function isHalted(k: number, proof: Proof, seen: Seen, now: number): boolean {
  const before = waveBefore(k, proof);
  const { watch, groups } = proof;
  if (before === undefined || !watch || hasBegun(groups[k], seen)) return false;
  if (isHalted(before, proof, seen, now)) return true;
  const from = Math.max(groups[k]?.due ?? 0, dueOf(before, proof, seen));
  const end = from + watch.healthTimeoutSeconds * SECOND + RESTART_MS;
  return now > end && (seen.doneAt.get(before) ?? now) > end;
}

/** When a wave began at the earliest, as far as has been seen. */
function dueOf(k: number, proof: Proof, seen: Seen): number {
  const before = waveBefore(k, proof);
  const due = proof.groups[k]?.due ?? 0;
  return proof.watch && before !== undefined ? Math.max(due, seen.doneAt.get(before) ?? 0) : due;
}

/** One of the groups of the wave of the same request that is due next before it. */
function waveBefore(k: number, { groups }: Proof): number | undefined {
  const own = groups[k];
  let found: number | undefined;
  groups.forEach((group, index) => {
    const { due = 0 } = group;
    const isEarlier = own?.due !== undefined && isOfRequest(group, own) && due < own.due;
    if (isEarlier && due >= (groups[found ?? -1]?.due ?? 0)) found = index;
  });
  return found;
}

function isOfRequest({ since, request }: Detached, other: Detached): boolean {
  return since === other.since && request === other.request;
}

function hasBegun(group: Detached | undefined, seen: Seen): boolean {
  return (group?.ids ?? []).some((id) => {
    const item = seen.items.get(id);
    return item?.code === 'Verify.Revoked' || (item?.status ?? 'Running') !== 'Running';
  });
}

/** Whether an instance is not known to be done: what is gone has no key any more. */
function isOpen({ items }: Seen, id: string): boolean {
  const code = items.get(id)?.code;
  return code !== 'Verify.Revoked' && code !== 'InvalidInstanceId.NotFound';
}

function countsOf({ groups }: Proof, { items }: Seen): Counts {
  const counts = { total: 0, restarted: 0, removed: 0, pending: 0, bound: 0, missing: 0, unknown: 0 };
  for (const { ids } of groups) {
    counts.total += ids.length;
    for (const id of ids) counts[kindOf(items.get(id))]++;
  }
  return counts;
}

function kindOf(item: Item | undefined): Exclude<keyof Counts, 'total'> {
  if (item?.code === 'Verify.Revoked') return isReadBack(item) ? 'removed' : 'restarted';
  if (item?.code === 'Verify.RebootPending') return 'pending';
  if (item?.code === 'Verify.StillBound') return 'bound';
  return item?.code === 'InvalidInstanceId.NotFound' ? 'missing' : 'unknown';
}

/** The function says which of the two proofs it found. */
function isReadBack({ message }: Item): boolean {
  return message.includes('read-back');
}

/** The instances that a round has to ask about: those that are due and not done; at first, and when `all` is said, every one. */
export function toAsk({ groups }: Proof, seen: Seen, now: number, all = false): Detached[] {
  return groups.flatMap((group) => {
    const isDue = all || group.due === undefined || group.due <= now;
    const ids = group.ids.filter((id) => !seen.items.has(id) || (isDue && (all || isOpen(seen, id))));
    return ids.length === 0 ? [] : [{ ...group, ids }];
  });
}

type Asking = {
  readonly ask: (fields: object) => Promise<Reply>;
  readonly now?: () => number;
  /** Every one, not only those that are not done. */
  readonly all?: boolean;
};

/** One round of verification → what has been seen by then, and the reply that broke it off, if one did. */
export async function followRound(
  proof: Proof,
  before: Seen,
  { ask, now = Date.now, all = false }: Asking,
): Promise<{ seen: Seen; failure?: Exclude<Reply, { kind: 'answer' }> }> {
  const items = new Map(before.items);
  let isThrottled = false;
  for (const fields of proofRequests(toAsk(proof, before, now(), all))) {
    const reply = await ask(fields);
    if (reply.kind !== 'answer') {
      return { seen: { ...before, items, refused: before.refused + 1 }, failure: reply };
    }
    const about = { requestId: reply.requestId, seenAt: reply.at ?? now() };
    for (const item of reply.items) {
      // What could not be read now is not less known than before.
      const isReading = item.code.startsWith('Verify.') || item.code === 'InvalidInstanceId.NotFound';
      if (isReading || !items.has(item.id)) items.set(item.id, { ...item, ...about });
      isThrottled ||= !isReading;
    }
  }
  const seen = { items, at: now(), refused: isThrottled ? before.refused + 1 : 0, doneAt: before.doneAt };
  return { seen: { ...seen, doneAt: doneAtOf(proof, seen) } };
}

function doneAtOf({ groups, watch }: Proof, seen: Seen): ReadonlyMap<number, number> {
  const times = new Map(seen.doneAt);
  const errors = watch ? (errorsOf(watch.maxErrors, watch.batchSize) ?? 0) : 0;
  groups.forEach((group, k) => {
    // A wave with instances in several places may have so many down in all of them together.
    const wave = groups.filter((one) => one === group || (isOfRequest(one, group) && one.due === group.due));
    const down = wave.flatMap(({ ids }) => ids).filter((id) => isOpen(seen, id));
    if (!times.has(k) && down.length <= errors) times.set(k, seen.at);
  });
  return times;
}

const LEAST_MS = 10_000;
const MOST_MS = 600_000;

/** How long to wait before the next round: longer for many instances, for a page that is not looked at, and when throttled. */
export function pauseMs(proof: Proof, seen: Seen, isHidden: boolean, now: number): number {
  const asked = toAsk(proof, seen, now).reduce((sum, { ids }) => sum + ids.length, 0);
  const nextDue = Math.min(...proof.groups.flatMap(({ due }) => (due !== undefined && due > now ? [due - now] : [])));
  const isByHand = proof.groups.every(({ due }) => due === undefined);
  // Nothing is under way: there is no news before the next wave.
  const usual = isByHand
    ? 6 * LEAST_MS
    : asked > 0
      ? LEAST_MS + asked * 10
      : Math.max(LEAST_MS, Math.min(nextDue + LEAST_MS, 6 * LEAST_MS));
  return Math.min(MOST_MS, usual * (isHidden ? 6 : 1) * 2 ** Math.min(seen.refused, 6));
}

/** What a person has to do next; nothing more than wait, or nothing at all. */
export type Next = 'detach' | 'finish' | 'nothing' | 'restart' | 'wait';

export function nextOf({ bound, open, isOver, waves }: Progress): Next {
  if (bound > 0) return 'detach';
  if (open.length > 0) return 'finish';
  if (isOver) return 'nothing';
  return waves.some(({ phase }) => phase === 'by hand') ? 'restart' : 'wait';
}

/** The same by place. */
export function byPlace({ waves }: Progress): { target: Target; total: number; done: number }[] {
  return grouped(waves, ({ target }) => target).map(({ key, values }) => ({
    target: key,
    total: values.reduce((sum, { total }) => sum + total, 0),
    done: values.reduce((sum, { done }) => sum + done, 0),
  }));
}
