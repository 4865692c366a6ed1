import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../cloud.ts';
import { instanceIdAt } from '../ecs/instance.ts';
import { type Parameters, rpcJson } from './rpc-call.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const STOPPED = 'i-bp1stopped000000000';
const LOCKED = 'i-bp1locked0000000000';
const [FIRST, SECOND] = [instanceIdAt(0), instanceIdAt(1)];

async function start(options: CloudOptions = {}) {
  const instances = [{}, {}, { instanceId: STOPPED, status: 'Stopped' }, { instanceId: LOCKED, locked: true }] as const;
  cloud = await startLocalCloud({ instances, ...options });
}

function reboot(ids: readonly string[], more: Parameters = {}) {
  const numbered = Object.fromEntries(ids.map((id, n) => [`InstanceId.${n + 1}`, id]));
  return rpcJson(cloud, 'RebootInstances', { ...numbered, ...more });
}

function codes(ids: readonly string[]) {
  return reboot(ids, { BatchOptimization: 'SuccessFirst' });
}

describe('RebootInstances', () => {
  it('goes through Stopping and Starting, and renews start time and key', async () => {
    await start();
    const { ecs, clock } = cloud;
    const before = clock.now();
    ecs.bind(FIRST, undefined);
    expect(await reboot([FIRST], { ForceReboot: 'true' })).toMatchObject({
      status: 200,
      body: {
        InstanceResponses: {
          InstanceResponse: [
            {
              Code: '200',
              Message: 'success',
              InstanceId: FIRST,
              PreviousStatus: 'Running',
              CurrentStatus: 'Stopping',
            },
          ],
        },
      },
    });
    expect(ecs.instance(FIRST)).toMatchObject({ status: 'Stopping', liveKeyPairName: 'leaked-key' });
    clock.advance(31_000);
    expect(ecs.instance(FIRST).status).toBe('Starting');
    clock.advance(30_000);
    expect(ecs.instance(FIRST)).toMatchObject({
      status: 'Running',
      liveKeyPairName: undefined,
      reboots: [{ force: true }],
    });
    expect(ecs.instance(FIRST).startTime).toBeGreaterThanOrEqual(before + 60_000);
  });

  it('keeps a key that was detached after the start', async () => {
    await start();
    const { ecs, clock } = cloud;
    await reboot([FIRST]);
    clock.advance(61_000);
    ecs.bind(FIRST, undefined);
    expect(ecs.instance(FIRST)).toMatchObject({ keyPairName: undefined, liveKeyPairName: 'leaked-key' });
  });

  it.each([
    [[FIRST, 'i-bp1nobody'], 404, 'InvalidInstanceIds.NotFound'],
    [[FIRST, STOPPED], 403, 'IncorrectInstanceStatus'],
    [[FIRST, LOCKED], 403, 'InstanceLockedForSecurity'],
    [[FIRST, 'nonsense'], 403, 'Abs.InvalidInstanceIds.MalFormed'],
    [[], 403, 'InvalidInstanceId.NotFound'],
    [Array.from({ length: 101 }, (_, n) => `i-${n}`), 403, 'InvalidParameter.TooManyInstanceIds'],
  ])('refuses all together for one that cannot (%#)', async (ids, status, code) => {
    await start();
    expect(await reboot(ids)).toMatchObject({ status, body: { Code: code } });
    expect(cloud.ecs.instance(FIRST).reboots).toEqual([]);
  });

  it('reboots those that can with SuccessFirst', async () => {
    await start();
    expect(await codes([FIRST, STOPPED, LOCKED, 'i-bp1nobody'])).toMatchObject({
      body: {
        InstanceResponses: {
          InstanceResponse: [
            { Code: '200' },
            { Code: 'IncorrectInstanceStatus', CurrentStatus: 'Stopped' },
            { Code: 'InstanceLockedForSecurity' },
            { Code: 'InvalidInstanceId.NotFound', CurrentStatus: '', PreviousStatus: '' },
          ],
        },
      },
    });
    expect(await codes([FIRST])).toMatchObject({
      body: { InstanceResponses: { InstanceResponse: [{ Code: 'IncorrectInstanceStatus' }] } },
    });
  });

  it('answers a dry run with an error', async () => {
    await start();
    expect(await reboot([FIRST], { DryRun: 'true' })).toMatchObject({ status: 400, body: { Code: 'DRYRUN.SUCCESS' } });
    expect(cloud.ecs.instance(FIRST).reboots).toEqual([]);
  });

  it('knows how many were down at once', async () => {
    await start({ instances: 3 });
    const { clock } = cloud;
    await reboot([FIRST, SECOND]);
    clock.advance(61_000);
    await reboot([instanceIdAt(2)]);
    expect(cloud.maxDownAtOnce()).toBe(2);
    cloud.ecs.setStatus(FIRST, 'Stopped');
    cloud.ecs.setStatus(SECOND, 'Stopped');
    expect(cloud.maxDownAtOnce()).toBe(3);
  });

  it('has a singular form', async () => {
    await start();
    expect(
      await rpcJson(cloud, 'RebootInstance', { InstanceId: FIRST, ForceStop: 'true', RegionId: undefined }),
    ).toEqual({
      status: 200,
      body: { RequestId: expect.any(String) },
    });
    const dryRun = { InstanceId: SECOND, DryRun: 'true' };
    expect(await rpcJson(cloud, 'RebootInstance', dryRun)).toMatchObject({ body: { Code: 'DryRunOperation' } });
    const nobody = { InstanceId: 'i-bp1nobody' };
    expect(await rpcJson(cloud, 'RebootInstance', nobody)).toMatchObject({
      status: 404,
      body: { Code: 'InvalidInstanceId.NotFound' },
    });
  });
});
