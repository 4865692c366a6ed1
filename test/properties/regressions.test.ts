import { afterAll, describe, expect, it } from 'vitest';
import { reboot } from '../../functions/reboot-instances/reboot.ts';
import { startLocalCloud } from '../../local-cloud/cloud.ts';
import { createEcs } from '../../shared/alibaba/ecs.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { detaching, entering } from '../support/detaching.ts';
import { expectTruths } from './invariants.ts';
import { expectRebootTruths } from './reboot-invariants.ts';
import { playReboots } from './reboot-run.ts';
import { rebootScheduleOf } from './reboot-schedule.ts';
import { createStage } from './run.ts';
import { type Schedule, scheduleOf } from './schedule.ts';

const stage = createStage('r', 10_000);
afterAll(() => stage.close());

async function codesOf(schedule: Partial<Schedule>) {
  const play = await stage.play(scheduleOf(schedule));
  expectTruths(play);
  return play.answered.codes;
}

const blamed = { kind: 'refused', status: 400, code: 'InvalidInstanceIds.ValueNotSupported', applied: false } as const;

/** What random schedules have found, shrunk. */
describe('found by fault schedules', () => {
  it('looks before it calls failed, inside a 200, what an answer left out and may have detached', async () => {
    const codes = await codesOf({
      switches: { notBound: 'item' },
      detachFaults: [{ kind: 'omitted item', at: 0, all: true }],
    });
    expect(codes).toEqual({ 200: 1 });
  });

  it('looks before it calls failed, inside a 200, what a call without an answer may have detached', async () => {
    const codes = await codesOf({
      switches: { notBound: 'item' },
      detachFaults: [{ kind: 'refused', status: 500, code: 'InternalError', applied: true }],
    });
    expect(codes).toEqual({ 200: 1 });
  });

  it('says that it does not know where it may not look', async () => {
    const codes = await codesOf({
      switches: { notBound: 'item' },
      describing: 'forbidden',
      detachFaults: [{ kind: 'omitted item', at: 0, all: true }],
    });
    expect(codes).toEqual({ OutcomeUnknown: 1 });
  });

  it('keeps a call without an answer in doubt when an item is then refused for the moment', async () => {
    const codes = await codesOf({
      detachFaults: [{ kind: 'reset', applied: true }],
      forEver: { kind: 'failed item', at: 0, all: true, code: 'InvalidOperation.Conflict' },
    });
    expect(codes).toEqual({ 200: 1 });
  });

  it('keeps an item that has failed with an internal error in doubt', async () => {
    const codes = await codesOf({ forEver: { kind: 'broken item', at: 0 } });
    expect(codes).toEqual({ 200: 1 });
  });

  it.each(['{"Instances":{}}', '{"Instances":{"Instance":[{}]}}'])(
    'does not read an answer without instances as one that shows none: %s',
    async (body) => {
      const describeFaults = [{ kind: 'raw', body, status: 200, applied: false } as const];
      expect(await codesOf({ filter: true, describeFaults })).toEqual({ 200: 1 });
    },
  );

  it('keeps the fourth of a kind in doubt when three alone have been refused', async () => {
    const codes = await codesOf({
      fleet: ['ordinary', 'ordinary', 'ordinary', 'ordinary'],
      switches: { notBound: 'refuse' },
      describing: 'empty',
      detachFaults: [{ kind: 'empty', applied: true }],
    });
    expect(codes).toEqual({ OutcomeUnknown: 4 });
  });

  it('does not take the page of a proxy for a task in the queue', async () => {
    const enqueueFaults = [{ kind: 'sign-in page', applied: false } as const];
    expect(await codesOf({ reboot: true, enqueueFaults })).toEqual({ 200: 1 });
  });

  it('keeps a call whose nonce is used up in doubt: it was sent twice on the way', async () => {
    const codes = await codesOf({
      fleet: ['ordinary', 'ordinary'],
      describing: 'forbidden',
      detachFaults: [blamed, { kind: 'refused', status: 400, code: 'SignatureNonceUsed', applied: true }, blamed],
    });
    expect(codes).toEqual({ 200: 1, OutcomeUnknown: 1 });
  });
});

describe('found by counting', () => {
  it('looks once whether anything is shown at all, not for each instance that is missing', async () => {
    const cloud = await startLocalCloud({ instances: 0 });
    cloud.ecs.onCall('DetachKeyPair', () => ({ kind: 'raw', body: '{"Results":{"Result":[]}}' }));
    const InstanceIds = Array.from({ length: 50 }, (_, k) => `i-bp1missing${k}`);
    const body = { RegionId: cloud.regionId, KeyPairName: 'leaked-key', InstanceIds };
    const { codes } = await detaching(cloud)({ body });
    expect(codes).toEqual({ OutcomeUnknown: 50 });
    expect(cloud.ecs.calls.map(({ action }) => action)).toEqual([
      ...Array.from({ length: 3 }, () => 'DetachKeyPair'),
      ...Array.from({ length: 2 }, () => 'DescribeInstances'),
    ]);
    await cloud.stop();
  });
});

describe('found under load', () => {
  it('hands on what is left while the reboots use up the time', async () => {
    const cloud = await startLocalCloud({ instances: 60 });
    const far = { 'x-acs-retry-after': '3600000' };
    cloud.ecs.script('DetachKeyPair', [
      undefined,
      { kind: 'answer', status: 400, code: 'Throttling.User', headers: far },
    ]);
    cloud.fc.onCall('InvokeFunction', ({ function: name }) =>
      name === 'reboot-instances' ? { kind: 'hang', applied: false } : { kind: 'raw', status: 202, body: '' },
    );
    const body = {
      RegionId: cloud.regionId,
      KeyPairName: 'leaked-key',
      InstanceIds: cloud.ecs.bound(),
      Continue: true,
      Reboot: true,
    };
    const options = { timeoutSeconds: 3, variables: { DETACH_CONCURRENCY: '1', DEADLINE_MARGIN_MS: '2500' } };
    const { codes, body: answer } = await detaching(cloud)({ body }, options);
    expect(codes).toEqual({ 200: 50, Continued: 10 });
    expect(answer['Reboot']).toMatchObject({ TotalCount: '50', FailCount: '50' });
    await cloud.stop();
  });
});

describe('found by frozen functions', () => {
  it.each([{}, { DryRun: true }])(
    'says that time was up, not that ECS is out of reach, where nothing was tried: %o',
    async (more) => {
      const cloud = await startLocalCloud({ instances: 1 });
      const event = { RegionId: cloud.regionId, KeyPairName: 'leaked-key', InstanceIds: cloud.ecs.bound(), ...more };
      const late = entering(cloud, [event, event], { timeoutSeconds: 0.001 });
      const { message } = await late.then(
        () => new Error('answered'),
        (error: Error) => error,
      );
      const codes = [JSON.parse(message)].flat().map(({ Results }) => Results.Result[0].Code);
      expect([codes, cloud.ecs.calls]).toEqual([['DeadlineExceeded', 'DeadlineExceeded'], []]);
      await cloud.stop();
    },
  );

  it('does not follow the pages of a search in a circle', async () => {
    const cloud = await startLocalCloud({ instances: 1 });
    const page = { kind: 'raw', body: '{"Instances":{"Instance":[]},"NextToken":"again"}' } as const;
    cloud.ecs.onCall('DescribeInstances', () => page);
    const { status } = await detaching(cloud)({
      body: { RegionId: cloud.regionId, KeyPairName: 'leaked-key', Filter: {} },
    });
    expect(status).toBe(503);
    expect(cloud.ecs.calls.length).toBe(9);
    await cloud.stop();
  });
});

const refusedTime = { kind: 'refused', status: 400, code: 'InvalidTimeStamp.Expired', applied: false } as const;
const expired = { kind: 'refused', status: 403, code: 'InvalidSecurityToken.Expired', applied: false } as const;

async function runsOf(schedule: Parameters<typeof rebootScheduleOf>[0]) {
  const play = await playReboots(rebootScheduleOf(schedule));
  expectRebootTruths(play);
  return play.runs;
}

describe('found by schedules of reboots', () => {
  it.each([refusedTime, expired])(
    'throws what a run with other credentials and another clock can finish: $code',
    async (fault) => {
      const [first, second] = await runsOf({ deliveries: [{ rebootFaults: [fault] }, {}] });
      expect([first?.thrown, second?.thrown, second?.items[0]?.Action]).toEqual([true, false, 'Rebooted']);
      const [described] = await runsOf({ deliveries: [{ describeFaults: [fault] }] });
      expect(described?.thrown).toBe(true);
    },
  );

  it('looks before it repeats an item that has failed with an internal error', async () => {
    const [run] = await runsOf({ deliveries: [{ rebootFaults: [{ kind: 'broken item', at: 0 }] }] });
    expect(run?.calls.map(({ action }) => action)).toEqual([
      'DescribeInstances',
      'RebootInstances',
      'DescribeInstances',
    ]);
    expect(run?.items[0]?.Action).toBe('Rebooted');
  });

  it('looks before it repeats an item that says nothing', async () => {
    const [run] = await runsOf({ deliveries: [{ rebootFaults: [{ kind: 'item without a code', at: 0 }] }] });
    expect(run?.calls.map(({ action }) => action)).toEqual([
      'DescribeInstances',
      'RebootInstances',
      'DescribeInstances',
    ]);
    expect(run?.items[0]?.Action).toBe('Rebooted');
  });

  it('reboots nothing more once the deadline has come, as when the instance at fault is still sought', async () => {
    const cloud = await startLocalCloud({ instances: 2 });
    const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
    const { regionId } = cloud;
    const ecs = createEcs({ regionId, credentials: cloud.ecs.credentials, endpoint: cloud.ecs.endpoint });
    const deadline = deadlineAt(Date.now() - 1);
    const run = { ecs, regionId, force: false, detachedAt: 0, deadline, timeoutMs: 1_000 };
    const { outcomes, left } = await reboot(ids, run);
    expect(outcomes).toEqual([]);
    expect(left.map(({ instanceId, reason }) => [instanceId, reason.code])).toEqual(
      ids.map((id) => [id, 'DeadlineExceeded']),
    );
    expect(cloud.ecs.calls).toEqual([]);
    await cloud.stop();
  });
});
