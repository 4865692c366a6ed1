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

describe('DescribeInstances', () => {
  const describeInstances = (parameters: Parameters) => rpcJson(cloud, 'DescribeInstances', parameters);
  const found = async (parameters: Parameters) => {
    const { body } = await describeInstances({ PageSize: '100', ...parameters });
    return JSON.stringify(body).match(/(?<="InstanceId":")[^"]+/g) ?? [];
  };

  it('shows what recorded answers of the real service show', async () => {
    const startTime = Date.parse('2026-01-02T03:04:05Z');
    await start({
      instances: [
        { instanceId: FIRST, startTime, tags: { a: 'b' } },
        { instanceId: SECOND, keyPairName: null },
      ],
    });
    const { body } = await describeInstances({});
    expect(body).toMatchObject({
      TotalCount: 2,
      PageNumber: 1,
      PageSize: 10,
      NextToken: '',
      Instances: {
        Instance: [
          {
            InstanceId: FIRST,
            Status: 'Running',
            OSType: 'linux',
            KeyPairName: 'leaked-key',
            StartTime: '2026-01-02T03:04Z',
            Tags: { Tag: [{ TagKey: 'a', TagValue: 'b' }] },
            OperationLocks: { LockReason: [] },
          },
          { InstanceId: SECOND },
        ],
      },
    });
    expect(body).not.toHaveProperty('Instances.Instance.1.KeyPairName');
    expect(body).not.toHaveProperty('Instances.Instance.1.Tags');
  });

  it('finds by id, key pair, status and tags, all of them together', async () => {
    await start({
      instances: [
        { instanceId: 'i-a', tags: { env: 'prod', team: 'x' } },
        { instanceId: 'i-b', tags: { env: 'test' } },
        { instanceId: 'i-c', status: 'Stopped' },
        { instanceId: 'i-d', keyPairName: null, tags: { env: 'prod' } },
      ],
    });
    expect(await found({ KeyPairName: 'leaked-key' })).toEqual(['i-a', 'i-b', 'i-c']);
    expect(await found({ KeyPairName: 'leaked-key', Status: 'Running' })).toEqual(['i-a', 'i-b']);
    expect(await found({ KeyPairName: 'leaked-key', 'Tag.1.Key': 'env', 'Tag.1.Value': 'prod' })).toEqual(['i-a']);
    expect(await found({ 'Tag.1.Key': 'env' })).toEqual(['i-a', 'i-b', 'i-d']);
    expect(await found({ 'Tag.1.Key': 'env', 'Tag.2.Key': 'team' })).toEqual(['i-a']);
    expect(await found({ InstanceIds: '["i-d","i-b","i-nobody"]' })).toEqual(['i-b', 'i-d']);
    expect(await found({ InstanceIds: '["i-d","i-b"]', KeyPairName: 'leaked-key' })).toEqual(['i-b']);
    expect(await found({ InstanceIds: '[]' })).toEqual([]);
    cloud.ecs.bind('i-a', undefined);
    cloud.ecs.bind('i-d', 'leaked-key');
    expect(await found({ KeyPairName: 'leaked-key' })).toEqual(['i-b', 'i-c', 'i-d']);
    cloud.ecs.bind('i-a', 'leaked-key');
    expect(cloud.ecs.bound()).toEqual(['i-a', 'i-b', 'i-c', 'i-d']);
  });

  it('pages by token, whatever is detached meanwhile', async () => {
    await start({ instances: 35 });
    const pages: string[][] = [];
    let NextToken: string | undefined;
    do {
      const parameters = { KeyPairName: 'leaked-key', MaxResults: '3', NextToken };
      const { body } = await describeInstances(parameters);
      const page = JSON.stringify(body).match(/(?<="InstanceId":")[^"]+/g) ?? [];
      for (const id of page) cloud.ecs.bind(id, undefined);
      pages.push(page);
      NextToken = /"NextToken":"([^"]+)"/.exec(JSON.stringify(body))?.[1];
    } while (NextToken !== undefined);
    // Fewer than 10 is taken as 10.
    expect(pages.map((page) => page.length)).toEqual([10, 10, 10, 5]);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('pages by number', async () => {
    await start({ instances: 25 });
    expect(await found({ PageSize: '10', PageNumber: '3' })).toHaveLength(5);
    expect(await found({ PageSize: '10', PageNumber: '4' })).toEqual([]);
    expect(await describeInstances({ PageSize: '101' })).toMatchObject({
      status: 400,
      body: { Code: 'InvalidParameter' },
    });
  });

  it.each([
    [{ Status: 'Dancing' }, 404, 'InvalidStatus.NotFound'],
    [{ InstanceIds: 'i-a' }, 400, 'InvalidParameter'],
    [{ NextToken: 'made-up' }, 400, 'InvalidParameter'],
    [{ InstanceIds: JSON.stringify(Array.from({ length: 101 }, (_, n) => `i-${n}`)) }, 400, 'InvalidParameter'],
  ])('refuses %j', async (parameters, status, code) => {
    await start();
    expect(await describeInstances(parameters)).toMatchObject({ status, body: { Code: code } });
  });

  it('is refused without permission, or shows nothing, as it did before', async () => {
    await start({ deny: ['DescribeInstances'] });
    expect(await describeInstances({})).toMatchObject({ status: 403, body: { Code: 'Forbidden.RAM' } });
    cloud.ecs.switches.describeWithoutPermission = 'empty';
    expect(await describeInstances({})).toMatchObject({
      status: 200,
      body: { TotalCount: 0, Instances: { Instance: [] } },
    });
  });
});

describe('the other describe operations', () => {
  it('DescribeInstanceStatus gives the status of up to 50', async () => {
    await start();
    const statuses = (parameters: Parameters) => rpcJson(cloud, 'DescribeInstanceStatus', parameters);
    expect(await statuses({ 'InstanceId.1': STOPPED, 'InstanceId.2': FIRST })).toMatchObject({
      body: {
        TotalCount: 2,
        InstanceStatuses: {
          InstanceStatus: [
            { InstanceId: FIRST, Status: 'Running' },
            { InstanceId: STOPPED, Status: 'Stopped' },
          ],
        },
      },
    });
    expect(await statuses({ PageSize: '51' })).toMatchObject({ status: 400 });
  });

  it('DescribeKeyPairs finds by wildcard', async () => {
    await start();
    for (const name of ['prod-a', 'prod-b', 'test']) cloud.ecs.keyPairs.add(name);
    cloud.ecs.keyPairs.remove('test');
    const names = async (KeyPairName?: string) => {
      const { body } = await rpcJson(cloud, 'DescribeKeyPairs', { KeyPairName });
      return JSON.stringify(body).match(/(?<="KeyPairName":")[^"]+/g) ?? [];
    };
    expect(await names()).toEqual(['leaked-key', 'prod-a', 'prod-b']);
    expect(await names('prod*')).toEqual(['prod-a', 'prod-b']);
    expect(await names('prod.a')).toEqual([]);
  });
});
