import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { recordOf } from '../../../shared/record.ts';
import { rebooting } from '../../support/rebooting.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const OTHER = '2222222222222222';
const ROLE = `acs:ram::${OTHER}:role/detach`;
const MINUTE = 60_000;
const detachedAt = Date.now() - 30 * MINUTE;
const iso = (time: number) => new Date(time).toISOString();

const group = (more: object) => ({
  RegionId: 'cn-beijing',
  DetachedAt: iso(detachedAt),
  InstanceIds: ['i-there1'],
  ...more,
});

/** One wave of cn-hangzhou, after a wave that lies elsewhere. */
async function run(before: object, variables: Record<string, string> = {}, more: object = {}) {
  const message = {
    Version: 1,
    RegionId: 'cn-hangzhou',
    KeyPairName: 'leaked-key',
    InstanceIds: ['i-here1'],
    ForceReboot: false,
    DetachedAt: iso(detachedAt),
    NotBefore: iso(detachedAt + MINUTE),
    NotAfter: iso(detachedAt + 180 * MINUTE),
    SourceRequestId: 'source',
    TaskId: `reboot-${'0'.repeat(64)}`,
    Watch: {
      MaxErrors: 0,
      HealthTimeoutSeconds: 600,
      Ready: 'Running',
      IsSecond: true,
      Before: [before],
      Earlier: [],
      ...more,
    },
  };
  const { answer, items, ...rest } = await rebooting(cloud, message, { variables });
  return { ...rest, halted: recordOf(answer['Halted']), codes: items.map(({ Code }) => Code) };
}

async function start(startTime: number) {
  cloud = await startLocalCloud();
  cloud.ecs.add([{ instanceId: 'i-here1', keyPairName: null }]);
  cloud.ecs.add([{ instanceId: 'i-there1', regionId: 'cn-beijing', keyPairName: null, startTime }]);
}

describe('a wave after one in another place', () => {
  it('begins when that one is back there', async () => {
    await start(detachedAt + 5 * MINUTE);
    expect(await run(group({}))).toMatchObject({ thrown: false, actions: ['Rebooted'] });
  });

  it('is not done when that one was never restarted there', async () => {
    await start(detachedAt - MINUTE);
    expect(await run(group({}))).toMatchObject({
      thrown: true,
      actions: ['Skipped.Halted'],
      halted: { NotBackCount: '1', NotBack: ['i-there1'] },
    });
  });

  it('takes an instance there that may run on for no error', async () => {
    await start(detachedAt - MINUTE);
    expect(await run(group({ MayRunOn: true }))).toMatchObject({ thrown: false, actions: ['Rebooted'] });
  });

  it('is not done where that place shows nothing at all', async () => {
    await start(detachedAt + MINUTE);
    const { thrown, halted, actions } = await run(
      group({ InstanceIds: ['i-nowhere1'] }),
      {},
      { RestartedAt: iso(detachedAt) },
    );
    expect({ thrown, actions }).toEqual({ thrown: true, actions: ['Skipped.Halted'] });
    expect(halted['Message']).toContain('ECS shows none of them');
  });

  it('takes an instance that is gone from its own place for back', async () => {
    await start(detachedAt + MINUTE);
    const gone = { RegionId: 'cn-hangzhou', InstanceIds: ['i-gone1'] };
    expect(await run(group(gone))).toMatchObject({ thrown: false, actions: ['Rebooted'] });
  });

  it.each([
    [{ RoleArn: ROLE }, {}, 'Forbidden.RoleArn'],
    [{}, { ALLOWED_REGIONS: 'cn-hangzhou' }, 'Forbidden.Region'],
  ])('is refused where that place is off an allow-list: %j', async (more, variables, code) => {
    await start(detachedAt + MINUTE);
    expect(await run(group(more), variables)).toMatchObject({ thrown: true, actions: ['Failed'], codes: [code] });
    expect(cloud.ecs.calls).toEqual([]);
  });

  it('is not done where the role of that place cannot be taken on', async () => {
    await start(detachedAt + MINUTE);
    const variables = { ALLOWED_ROLE_ARNS: ROLE };
    cloud.sts.removeRole(ROLE);
    const { thrown, actions } = await run(group({ RoleArn: ROLE }), variables, { RestartedAt: iso(detachedAt) });
    expect({ thrown, actions }).toEqual({ thrown: true, actions: ['Skipped.Halted'] });
  });

  it('says what is wrong with a message whose own instances are gone', async () => {
    cloud = await startLocalCloud();
    expect(await run(group({}))).toMatchObject({
      thrown: true,
      actions: ['Failed'],
      codes: ['InvalidInstanceId.NotFound'],
    });
  });
});
