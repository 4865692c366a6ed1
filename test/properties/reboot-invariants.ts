import { expect } from 'vitest';
import type { EcsCall } from '../../local-cloud/ecs/calls.ts';
import { REQUEST_ID } from '../support/events.ts';
import type { RebootItem, RebootPlay, Run } from './reboot-run.ts';

/** Everything that has to be true of a message's deliveries, whatever went wrong. */
export function expectRebootTruths(play: RebootPlay): void {
  for (const run of play.runs) {
    expectWholeAnswer(run, play);
    expectTrueActions(run, play);
    expectThrown(run);
    expectCalls(run, play);
    expect(run.tookMs).toBeLessThan(run.timeoutMs);
    expect(run.openAfterwards).toBe(0);
  }
  expectNoneTwice(play);
}

/** One item an instance, in the message's order. */
function expectWholeAnswer({ answer, items }: Run, { ids }: RebootPlay): void {
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

/** What is said of an instance is so; whoever is said to be done with has the change, or will have it at its next start. */
function expectTrueActions({ items, after }: Run, { detachedAt }: RebootPlay): void {
  for (const { InstanceId, Action } of items) {
    const instance = after.get(InstanceId);
    if (Action === 'Rebooted') expect(instance?.reboots, InstanceId).toBeGreaterThan(0);
    if (Action === 'Skipped.AlreadyRestarted') expect(minuteOf(instance?.startTime)).toBeGreaterThan(detachedAt);
    if (Action === 'Skipped.Stopped') expect(instance?.status).toBe('Stopped');
    if (Action === 'Skipped.NotFound') expect(instance).toBeUndefined();
    if (instance === undefined) expect(['Skipped.NotFound', 'Failed']).toContain(Action);
  }
}

const FOR_NOW =
  /^(Throttling.*|InternalError|ServiceUnavailable|Gateway\.Timeout|InvalidOperation\.Conflict|OutcomeUnknown|IncorrectInstanceStatus|DeadlineExceeded|InvalidSecurityToken\.Expired|InvalidTimeStamp\.Expired)$/;

/** Thrown if, and only if, another run could finish something. */
function expectThrown({ thrown, items }: Run): void {
  const noneThere = items.every(({ Code }) => Code === 'InvalidInstanceId.NotFound');
  const isLeft = ({ Action, Code }: RebootItem) => Action === 'Failed' && (FOR_NOW.test(Code) || noneThere);
  expect(thrown).toBe(items.some(isLeft));
}

/** Attempts of reboot.ts for one set of ids, and of retry.ts for describing it. */
const SENDS = 6;
const LOOKS = 8;

/** Bounded in number; only the message's instances, none twice; looked at before repeated where that is unclear. */
function expectCalls({ calls }: Run, { ids, schedule }: RebootPlay): void {
  const reboots = calls.filter(({ action }) => action === 'RebootInstances');
  const describes = calls.filter(({ action, status }) => action === 'DescribeInstances' && status !== 429);
  const refusals = reboots.filter(({ status = 0 }) => status >= 400 && status < 500).length;
  const sets = Math.min(2 * ids.length - 1, 1 + 2 * refusals);
  expect(reboots.length).toBeLessThanOrEqual(SENDS * sets);
  expect(describes.filter(({ code }) => !code?.startsWith('Throttling')).length).toBeLessThanOrEqual(
    LOOKS * (1 + reboots.length),
  );
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

function minuteOf(time = 0): number {
  return Math.floor(time / 60_000) * 60_000;
}
