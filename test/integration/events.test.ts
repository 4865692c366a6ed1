import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud, rebootTasks } from '../support/bundled-cloud.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const ids = () => cloud.ecs.instances().map(({ instanceId }) => instanceId);
const fields = (more: object = {}) => ({
  RegionId: 'cn-hangzhou',
  KeyPairName: 'leaked-key',
  InstanceIds: ids(),
  Reboot: true,
  ...more,
});
const cloudEvent = (data: unknown) => ({
  specversion: '1.0',
  id: 'evt-1',
  source: 'acs.scanner',
  type: 'leak:Found',
  data,
});

const SOURCES = [
  ['a CloudEvent', (request: object) => cloudEvent(request)],
  ['a CloudEvent with its data as text', (request: object) => cloudEvent(JSON.stringify(request))],
  [
    'a CloudEvent with its data in base64',
    (request: object) => ({
      ...cloudEvent(undefined),
      data_base64: Buffer.from(JSON.stringify(request)).toString('base64'),
    }),
  ],
  [
    'a timer event',
    (request: object) => ({
      triggerTime: '2026-11-24T08:00:00Z',
      triggerName: 'nightly',
      payload: JSON.stringify(request),
    }),
  ],
  [
    'a message of an MNS topic',
    (request: object) => ({
      TopicOwner: '1',
      TopicName: 'leaks',
      Message: JSON.stringify(request),
      MessageId: 'm-1',
      MessageMD5: 'x',
      PublishTime: 1,
      Subscriber: '1',
      SubscriptionName: 's',
      key: 'value',
    }),
  ],
  ['a direct invocation with a token', (request: object) => ({ ...request, ClientToken: 'job-1' })],
] as const;

describe.each(SOURCES)('%s', (_, event) => {
  it('is the request; delivered again it queues no second reboot', async () => {
    cloud = await bundledCloud({ instances: 3 });
    const first = await cloud.fc.invoke('detach-key-pair', event(fields()));
    expect(first.errorType).toBeUndefined();
    expect(JSON.parse(first.payload)).toMatchObject({
      TotalCount: '3',
      FailCount: '0',
      Reboot: { Tasks: [{ Status: 'Enqueued' }] },
    });
    const second = await cloud.fc.invoke('detach-key-pair', event(fields()));
    expect(JSON.parse(second.payload)).toMatchObject({ Reboot: { Tasks: [{ Status: 'Duplicate' }] } });
    await cloud.fc.drain();
    expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual([1, 1, 1]);
  });

  it('is thrown as its answer when it is refused', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const { payload, errorType } = await cloud.fc.invoke('detach-key-pair', event(fields({ Rebot: true })));
    expect(errorType).toBeDefined();
    expect(JSON.parse(JSON.parse(payload).errorMessage)).toMatchObject({ Code: 'InvalidParameter' });
  });
});

describe('an event', () => {
  it('that leaves something another run could finish is thrown, after its reboots are queued', async () => {
    cloud = await bundledCloud({
      instances: 60,
      detach: { timeoutSeconds: 3, environment: { DETACH_CONCURRENCY: '1' } },
    });
    cloud.ecs.script('DetachKeyPair', [undefined]);
    cloud.ecs.onCall('DetachKeyPair', () => ({
      kind: 'answer',
      status: 400,
      code: 'Throttling.User',
      headers: { 'x-acs-retry-after': '60000' },
    }));
    const { payload, errorType } = await cloud.fc.invoke('detach-key-pair', fields());
    expect(errorType).toBeDefined();
    expect(JSON.parse(JSON.parse(payload).errorMessage)).toMatchObject({
      FailCount: '10',
      Reboot: { TotalCount: '50', FailCount: '0' },
    });
    expect(rebootTasks(cloud)).toHaveLength(1);
  });

  it('of a bad id alone is returned: no other run could do better', async () => {
    cloud = await bundledCloud({ instances: 2 });
    const { payload, errorType } = await cloud.fc.invoke(
      'detach-key-pair',
      fields({ InstanceIds: [...ids(), 'i-bp1nosuch'] }),
    );
    expect(errorType).toBeUndefined();
    expect(JSON.parse(payload)).toMatchObject({ TotalCount: '3', FailCount: '1' });
  });

  it('that fails as a whole is thrown', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const { payload } = await cloud.fc.invoke('detach-key-pair', fields({ KeyPairName: 'nosuchkey' }));
    expect(JSON.parse(JSON.parse(payload).errorMessage)).toMatchObject({
      Code: 'InvalidKeyPairName.NotFound',
      FailCount: '1',
    });
  });

  it.each([
    '',
    '{',
    '[[]]',
    '"text"',
    '7',
    'null',
    '{"specversion":"1.0"}',
    '{"triggerName":"a","triggerTime":"b"}',
    '{"specversion":"1.0","data":"{"}',
  ])('that carries no request is refused: %s', async (event) => {
    cloud = await bundledCloud();
    const { payload } = await cloud.fc.invoke('detach-key-pair', event);
    expect(payload).toContain('MalformedBody');
  });

  it('is our fault when a setting is bad', async () => {
    cloud = await bundledCloud({ instances: 1, detach: { environment: { LOG_LEVEL: 'loud' } } });
    const { payload } = await cloud.fc.invoke('detach-key-pair', fields());
    expect(JSON.parse(JSON.parse(payload).errorMessage)).toMatchObject({ Code: 'InternalError' });
  });
});

describe('a stream of events', () => {
  it('is run in order and answered by an array, objects and texts alike', async () => {
    cloud = await bundledCloud({ instances: 2 });
    const [first = '', second = ''] = ids();
    const events = [
      cloudEvent(fields({ InstanceIds: [first] })),
      JSON.stringify({ ...cloudEvent(fields({ InstanceIds: [second] })), id: 'evt-2' }),
    ];
    const { payload } = await cloud.fc.invoke('detach-key-pair', events);
    expect(JSON.parse(payload)).toMatchObject([
      { TotalCount: '1', FailCount: '0' },
      { TotalCount: '1', FailCount: '0' },
    ]);
    expect(cloud.ecs.callsOf('DetachKeyPair').map(({ instanceIds }) => instanceIds)).toEqual([[first], [second]]);
  });

  it('is run whole, then thrown when one of them would be', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const { payload } = await cloud.fc.invoke('detach-key-pair', ['{', cloudEvent(fields())]);
    expect(JSON.parse(JSON.parse(payload).errorMessage)).toMatchObject([{ Code: 'MalformedBody' }, { FailCount: '0' }]);
    expect(cloud.ecs.bound()).toEqual([]);
  });
});
