import { expect } from 'vitest';
import { failedItems, type Member, type OwedPlay, unqueued, unreadRegions } from './owed-run.ts';
import type { Kind } from './schedule.ts';

/** Everything that has to be true once the queue is empty, wherever the runs were cut. */
export function expectNothingOwedLost(play: OwedPlay): void {
  expectEachOnce(play);
  expectTruth(play);
  expectOnlyWhatHadTheKey(play);
  if (isUnprovided(play)) return;
  const told = toldOf(play);
  for (const member of play.members) {
    if (member.kind !== 'ordinary' && member.kind !== 'stopped') continue;
    if (member.isBound && isHalfProvided(play)) continue;
    if (member.isBound) expect(told, `${member.id} has the key pair still`).toContain(member.id);
    else if (isOwed(play, member)) expect(told, `${member.id} opens to the key still`).toContain(member.id);
  }
}

/**
 * Cut off before anything was changed, as the caller has seen; or no completion could be put into the queue, as the log
 * says: then the detach goes on without.
 */
function isUnprovided({ read, hasNoCompletion, schedule: { by }, members }: OwedPlay): boolean {
  if (hasNoCompletion) return true;
  return by === 'http' && read.length === 0 && members.every(({ isBound, kind }) => isBound || kind !== 'ordinary');
}

/** Cut off while a completion of several parts was put into the queue: nothing was changed, and the caller has no answer. */
function isHalfProvided({ read, tasks, schedule: { by } }: OwedPlay): boolean {
  const parts = tasks.filter(({ id }) => id.startsWith('complete-')).map(({ payload }) => JSON.parse(payload).Parts);
  return by === 'http' && read.length === 0 && parts.length < Math.max(0, ...parts);
}

/** Named at onFailure, or to the caller's face; of waves that were not done the first speaks for all, and
 * a region that could not be read for all that is in it. */
function toldOf({ named, isHaltTold, read, said, members }: OwedPlay): string[] {
  if (read.some(({ body }) => 'Code' in body)) return members.map(({ id }) => id);
  const unread = new Set([...read, ...said].flatMap(({ body }) => unreadRegions(body)));
  const hidden = members.filter(({ regionId }) => unread.has(regionId)).map(({ id }) => id);
  const halted = said.flatMap(({ items }) => items.filter(({ Action }) => Action === 'Skipped.Halted'));
  return [
    ...named,
    ...hidden,
    ...(isHaltTold ? halted.map(({ InstanceId }) => InstanceId) : []),
    ...read.flatMap(({ items, body }) => [...failedItems(items), ...unqueued(body)]),
  ];
}

function isOwed({ schedule: { reboot, online } }: OwedPlay, { opens }: Member): boolean {
  return (reboot !== undefined || online) && opens;
}

/** No answer has two items of one instance. */
function expectEachOnce({ read, said }: OwedPlay): void {
  for (const { items } of [...read, ...said]) {
    const ids = items.map(({ InstanceId }) => InstanceId);
    expect(new Set(ids).size).toBe(ids.length);
  }
}

/** Nothing attaches a key pair again: what was said to be off must be off, and what was restarted must have been. */
function expectTruth({ read, said, members }: OwedPlay): void {
  const byId = new Map(members.map((member) => [member.id, member]));
  for (const { function: name, items } of [...read, ...said]) {
    for (const { InstanceId, Success, Action } of items) {
      const member = byId.get(InstanceId);
      if (name === 'detach-key-pair' && Success === 'true')
        expect(member, InstanceId).toMatchObject({ isBound: false });
      if (Action === 'Rebooted') expect(member?.machine.reboots.length, InstanceId).toBeGreaterThan(0);
      if (Action === 'Removed' || Action === 'Clean') expect(member?.opens, InstanceId).toBe(false);
    }
  }
}

/** Unless describing failed, as the log says, or it cannot be read what an earlier run was given. */
function expectOnlyWhatHadTheKey({ members, schedule: { describing, switches }, hasUndescribed }: OwedPlay): void {
  if (describing === 'forbidden' || hasUndescribed || switches.taskPayload === 'absent') return;
  for (const { id, kind, machine } of members) {
    if (NEVER_HAD.has(kind)) expect(machine.reboots, `${id} never had the key pair`).toEqual([]);
  }
}

const NEVER_HAD: ReadonlySet<Kind> = new Set(['windows', 'unbound', 'other key']);
