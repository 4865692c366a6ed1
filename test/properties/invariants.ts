import { expect } from 'vitest';
import type { EcsCall } from '../../local-cloud/ecs/calls.ts';
import { recordOf } from '../../shared/record.ts';
import { REQUEST_ID } from '../support/events.ts';
import { batchesOf, ECS_TIMEOUT_MS, type Member, type Play } from './run.ts';

/** Everything that has to be true of every answer, whatever went wrong. */
export function expectTruths(play: Play): void {
  expectWholeAnswer(play);
  expectTrueOutcomes(play);
  expectDecentCalls(play);
  expectBoundedCalls(play);
  expectReboots(play);
  expectRest(play);
}

/** One item an instance, in order, and counts that agree with the items. */
function expectWholeAnswer({ answered: { status, headers, body }, members, schedule }: Play): void {
  expect(body['RequestId']).toBe(REQUEST_ID);
  expect(headers['x-acs-request-id']).toBe(REQUEST_ID);
  if (status !== 200) {
    // Failed as a whole: ECS's own error, and none of the instances was detached.
    expect([status >= 400, status < 600, status === 500 && body.Code !== 'InternalError']).toEqual([true, true, false]);
    expect(body.Code).toEqual(expect.stringMatching(/./));
    expect(body.Message).toEqual(expect.stringMatching(/./));
    if (!schedule.filter || body.TotalCount !== undefined) {
      expect([body.TotalCount, body.FailCount]).toEqual([String(members.length), String(members.length)]);
    }
    return;
  }
  const items = body.Results?.Result ?? [];
  expect(items.map(({ InstanceId }) => InstanceId)).toEqual(members.map(({ id }) => id));
  expect(body.TotalCount).toBe(String(members.length));
  expect(body.FailCount).toBe(String(items.filter(({ Success }) => Success === 'false').length));
  for (const { Code, Message, Success } of items) {
    expect([Success === 'true', Success === 'false']).toContain(true);
    expect(Success === 'true').toBe(Code === '200');
    expect(Message).not.toBe('');
  }
}

/** Nothing is claimed that ECS's own state denies. */
function expectTrueOutcomes({ answered, members }: Play): void {
  for (const member of members) {
    const { Code = answered.body.Code, Success } = answered.item(member.id) ?? {};
    if (Success === 'true') expect(member, 'said to be detached').toMatchObject({ isBound: false });
    // Only an unknown outcome may hide a detach that took place; of all others it is said that nothing was done.
    else if (Code !== 'OutcomeUnknown' && member.wasBound) {
      expect(member, `said to be untouched: ${Code}`).toMatchObject({ isBound: true });
    }
    if (Code === 'InvalidInstanceId.NotFound') expect(member.kind).toBe('missing');
  }
}

/** At most 50 ids a call, of one batch, none twice, no strangers, no more calls at once than allowed. */
function expectDecentCalls({ detachCalls, members, mostAtOnce, schedule, answered }: Play): void {
  const batchOf = batchNumbers(members);
  for (const { instanceIds, parameters } of detachCalls) {
    expect(instanceIds.length).toBeGreaterThan(0);
    expect(instanceIds.length).toBeLessThanOrEqual(50);
    expect(new Set(instanceIds).size).toBe(instanceIds.length);
    expect(instanceIds.filter((id) => !batchOf.has(id))).toEqual([]);
    expect(new Set(instanceIds.map((id) => batchOf.get(id))).size).toBe(1);
    expect(parameters['KeyPairName']).toBe(answered.body['KeyPairName'] ?? parameters['KeyPairName']);
  }
  // Instances are described side by side with detach calls before a restart, and while one is between two states.
  const isDescribing = schedule.reboot || detachCalls.some(isPassing);
  expect(mostAtOnce).toBeLessThanOrEqual(schedule.concurrency + (isDescribing ? DESCRIBED_AHEAD : 0));
}

const DESCRIBED_AHEAD = 5;

/** How often one set of ids is sent, and described, when ECS fails: `MAX_ATTEMPTS` of next.ts and `ATTEMPTS` of describe.ts. */
const SENDS = 10;
const LOOKS = 4;

/**
 * For a batch of n: a set of ids is sent at most 10 times before it is given up, refused or answered. Each refusal makes
 * at most two new sets of it, one smaller or two halves; so there are at most 2n - 1 of them. Before and after each set
 * is described once at most. Throttled calls, and those for a state that passes, come on top: they
 * are paced, and end with their time.
 */
function expectBoundedCalls({ answered, detachCalls, describeCalls, members, schedule, tookMs }: Play): void {
  const batchOf = batchNumbers(members);
  const sent = (calls: readonly EcsCall[]) => {
    const counts = new Map<number | undefined, number>();
    for (const call of calls) {
      if (isThrottled(call) || isPassing(call)) continue;
      const batch = batchOf.get(call.instanceIds[0] ?? '');
      counts.set(batch, (counts.get(batch) ?? 0) + 1);
    }
    return counts;
  };
  const detaches = sent(detachCalls);
  const describes = sent(describeCalls);
  for (const [number, { length: n }] of batchesOf(members).entries()) {
    const calls = detachCalls.filter(({ instanceIds }) => batchOf.get(instanceIds[0] ?? '') === number);
    const refusals = calls.filter(({ status = 0 }) => status >= 400 && status < 500).length;
    const sets = Math.min(2 * n - 1, 1 + 2 * refusals + probes(detachCalls));
    expect(detaches.get(number) ?? 0).toBeLessThanOrEqual(SENDS * sets);
    expect(describes.get(number) ?? 0).toBeLessThanOrEqual(LOOKS * (2 * sets + 2));
  }
  const isCalm =
    schedule.fleet.every((kind) => kind === 'ordinary') &&
    schedule.denied.length === 0 &&
    schedule.expiresAt === undefined &&
    [...schedule.detachFaults, schedule.forEver].every(({ kind }) => kind === 'none' || kind === 'strangers');
  // As long as nothing has taken so long that a call may have been cut.
  if (isCalm && answered.status === 200 && tookMs < ECS_TIMEOUT_MS) {
    expect(detachCalls.length).toBe(Math.ceil(members.length / 50));
  }
}

/** Once three single instances were refused with one code, each batch is probed with one instance first, which is a set of its own. */
function probes(calls: readonly EcsCall[]): number {
  const codes = calls.filter(({ instanceIds }) => instanceIds.length === 1).map(({ code }) => code);
  return codes.some((code) => code && codes.filter((other) => other === code).length >= 3) ? 50 : 0;
}

/** Every detached instance, and no other, is in one task; a task said to be queued is in FC's queue. */
function expectReboots({ answered, members, schedule, tasks }: Play): void {
  const { body } = answered;
  const hasChanged = ({ id }: Member) => {
    const item = answered.item(id);
    return item?.Success === 'true' && !item.Message.includes('was not bound');
  };
  const detached = members.filter(hasChanged).map(({ id }) => id);
  const reboots = [...tasks].filter(([, task]) => task.function === 'reboot-instances');
  expect(reboots.flatMap(([, { instanceIds }]) => instanceIds).filter((id) => !detached.includes(id))).toEqual([]);
  if (body['Reboot'] !== undefined) {
    expect(schedule.reboot).toBe(true);
    const listed = tasksOf(body['Reboot']);
    expect(listed.flatMap(({ instanceIds }) => instanceIds)).toEqual(detached);
    const failed = listed.filter(({ status }) => status === 'Failed');
    expect(recordOf(body['Reboot'])).toMatchObject({
      TotalCount: String(detached.length),
      FailCount: String(failed.flatMap(({ instanceIds }) => instanceIds).length),
    });
    const queued = listed.filter(({ status }) => status !== 'Failed');
    for (const { taskId, status, instanceIds } of queued) {
      expect(status).toBe('Enqueued');
      expect(tasks.get(taskId)?.instanceIds, `${taskId} in the queue`).toEqual(instanceIds);
    }
  } else if (schedule.reboot) expect(detached).toEqual([]);
  expectContinuation({ answered, members, tasks });
}

/** What is said to be handed on is in FC's queue, all of it. */
function expectContinuation({ answered, members, tasks }: Pick<Play, 'answered' | 'members' | 'tasks'>): void {
  const continued = members.filter(({ id }) => answered.item(id)?.Code === 'Continued');
  const handed = [...tasks].filter(([taskId]) => taskId.startsWith('continue-')).map(([, task]) => task);
  const inQueue = new Set(handed.flatMap(({ instanceIds }) => instanceIds));
  expect(continued.filter(({ id }) => !inQueue.has(id))).toEqual([]);
  const section = answered.body['Continuation'];
  if (section === undefined) expect(continued).toEqual([]);
  else expect(recordOf(section)['InstanceCount']).toBe(String(continued.length));
}

function tasksOf(section: unknown): { taskId: string; status: string; instanceIds: string[] }[] {
  const tasks = recordOf(section)['Tasks'];
  return (Array.isArray(tasks) ? tasks : []).map((task) => {
    const { TaskId, Status, InstanceIds } = recordOf(task);
    return {
      taskId: String(TaskId),
      status: String(Status),
      instanceIds: (Array.isArray(InstanceIds) ? InstanceIds : []).map(String),
    };
  });
}

/** In time, and then nothing more. */
function expectRest({ tookMs, timeoutMs, openAfterwards, strays }: Play): void {
  expect(tookMs).toBeLessThan(timeoutMs);
  expect([openAfterwards, strays]).toEqual([0, 0]);
}

function batchNumbers(members: readonly Member[]): Map<string, number> {
  return new Map(batchesOf(members).flatMap((batch, number) => batch.map((id) => [id, number] as const)));
}

function isPassing({ code }: EcsCall): boolean {
  return code?.startsWith('IncorrectInstanceStatus') === true;
}

function isThrottled({ code, status, fault }: EcsCall): boolean {
  return status === 429 || code?.startsWith('Throttling') === true || fault === 'items';
}
