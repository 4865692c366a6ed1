import { expect } from 'vitest';
import type { EcsCall } from '../../local-cloud/ecs/calls.ts';
import { REQUEST_ID } from '../support/events.ts';
import type { RebootPlay, Run } from './reboot-run.ts';

/** Everything that has to be true of a message's deliveries, whatever went wrong. */
export function expectRebootTruths(play: RebootPlay): void {
  for (const run of play.runs) {
    expectWholeAnswer(run);
    expectTrueActions(run, play);
    expectThrown(run);
    expectCalls(run, play);
    expect(run.tookMs).toBeLessThan(run.timeoutMs);
    expect(run.openAfterwards).toBe(0);
  }
  expectNoneTwice(play);
  expectNothingLost(play);
}

/** One item an instance, in the message's order. */
function expectWholeAnswer({ ids, answer, items }: Run): void {
  expect(items.map(({ InstanceId }) => InstanceId)).toEqual(ids);
  expect(answer).toMatchObject({
    RequestId: REQUEST_ID,
    TotalCount: String(ids.length),
    FailCount: String(items.filter(({ Success }) => Success === 'false').length),
  });
  for (const { Action, Success, Code } of items) {
    expect(Success).toBe(String(Action !== 'Failed'));
    expect(Code).not.toBe('');
    expect(Code === '200').toBe(Action !== 'Failed');
  }
}

/** What is said of an instance is so; one that is said to be done has the change, or will have it at its next start. */
function expectTrueActions({ items, after }: Run, { detachedAt, requeued }: RebootPlay): void {
  const inQueue = new Set([...requeued.values()].flat());
  for (const { InstanceId, Action } of items) {
    const instance = after.get(InstanceId);
    if (Action === 'Rebooted') expect(instance?.reboots, InstanceId).toBeGreaterThan(0);
    if (Action === 'Skipped.AlreadyRestarted') expect(minuteOf(instance?.startTime)).toBeGreaterThan(detachedAt);
    if (Action === 'Skipped.Stopped') expect(instance?.status).toBe('Stopped');
    if (Action === 'Skipped.NotFound') expect(instance).toBeUndefined();
    if (Action === 'Requeued') expect(inQueue).toContain(InstanceId);
    if (instance === undefined) expect(['Skipped.NotFound', 'Failed', 'Requeued']).toContain(Action);
  }
}

/** Thrown if, and only if, a restart did not happen. */
function expectThrown({ thrown, items }: Run): void {
  expect(thrown).toBe(items.some(({ Action }) => Action === 'Failed' || Action === 'Expired'));
}

/** Only the message's instances, none twice; looked at before they are sent, and again where a call may have reached them. */
function expectCalls({ calls, ids }: Run, { schedule }: RebootPlay): void {
  const reboots = calls.filter(({ action }) => action === 'RebootInstances');
  for (const { instanceIds, parameters } of reboots) {
    expect(new Set(instanceIds).size).toBe(instanceIds.length);
    expect(instanceIds.filter((id) => !ids.includes(id))).toEqual([]);
    expect(parameters['BatchOptimization']).toBe('SuccessFirst');
    expect(parameters['ForceReboot'] ?? 'false').toBe(String(schedule.force));
  }
  // A run whose time is up before its first call makes none.
  for (const { action } of calls.slice(0, 1)) expect(action).toBe('DescribeInstances');
  for (const [index, call] of calls.entries()) if (isAmbiguous(call)) expectLook(call, calls.slice(index + 1));
}

function isAmbiguous({ action, fault, status = 0, code }: EcsCall): boolean {
  if (action !== 'RebootInstances' || fault === undefined || fault === 'items' || fault === 'latency') return false;
  return !(status >= 400 && status < 500 && code !== undefined && code !== 'InternalError');
}

function expectLook({ instanceIds }: EcsCall, later: readonly EcsCall[]): void {
  const again = later.findIndex(
    (call) => call.action === 'RebootInstances' && call.instanceIds.some((id) => instanceIds.includes(id)),
  );
  if (again >= 0) expect(later.slice(0, again).map(({ action }) => action)).toContain('DescribeInstances');
}

/** An instance whose start shows that it has restarted since the detach is left alone from then on. */
function expectNoneTwice({ instances, detachedAt }: RebootPlay): void {
  for (const [id, { reboots }] of instances) {
    for (const [k, { requestedAt }] of reboots.entries()) {
      const visible = reboots
        .slice(0, k)
        .filter(({ runningAt }) => runningAt <= requestedAt && minuteOf(runningAt) > detachedAt);
      expect(visible, `${id} rebooted again`).toEqual([]);
    }
  }
}

/** Once the queue is empty every instance is restarted, needs no restart, or is named at onFailure. */
function expectNothingLost({ instances, detachedAt, named, ids }: RebootPlay): void {
  for (const [id, { status, startTime, reboots }] of instances) {
    const isDone = reboots.length > 0 || status === 'Stopped' || minuteOf(startTime) > detachedAt;
    if (!isDone) expect(named, `${id} is ${status}`).toContain(id);
  }
  expect([...named].filter((id) => !ids.includes(id))).toEqual([]);
}

function minuteOf(time = 0): number {
  return Math.floor(time / 60_000) * 60_000;
}
