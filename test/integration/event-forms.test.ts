import { afterEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';
import { entering } from '../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const fields = (more: object = {}) => ({
  RegionId: 'cn-hangzhou',
  KeyPairName: 'leaked-key',
  InstanceIds: cloud.ecs.instances().map(({ instanceId }) => instanceId),
  ...more,
});

/** What an event comes to: its answer, or the one that was thrown. */
async function deliver(event: unknown, lines: Record<string, unknown>[] = []) {
  return entering(cloud, event, {}, lines).then(
    (answer) => ({ thrown: false, answer }),
    (error: unknown) => ({ thrown: true, answer: JSON.parse(error instanceof Error ? error.message : '') }),
  );
}

describe('an event', () => {
  it.each([
    [
      'cloudevent',
      (request: object) => ({ specversion: '1.0', source: 'acs.scanner', id: '7', data: request }),
      'acs.scanner 7',
    ],
    ['cloudevent', (request: object) => ({ specversion: '1.0', id: '7', data: JSON.stringify(request) }), undefined],
    [
      'cloudevent',
      (request: object) => ({
        specversion: '1.0',
        source: 's',
        id: '7',
        data_base64: Buffer.from(JSON.stringify(request)).toString('base64'),
      }),
      's 7',
    ],
    [
      'timer',
      (request: object) => ({
        triggerName: 'nightly',
        triggerTime: '2026-11-24T08:00:00Z',
        payload: JSON.stringify(request),
      }),
      'nightly 2026-11-24T08:00:00Z',
    ],
    ['mns', (request: object) => ({ TopicName: 'leaks', MessageId: 'm-1', Message: JSON.stringify(request) }), 'm-1'],
    ['invocation', (request: object) => request, undefined],
  ] as const)('of %s is told by its shape, and who asked is in the log', async (source, event, eventId) => {
    cloud = await startLocalCloud({ instances: 2 });
    const lines: Record<string, unknown>[] = [];
    const { thrown, answer } = await deliver(event(fields()), lines);
    expect([thrown, answer]).toMatchObject([false, { TotalCount: '2', FailCount: '0' }]);
    expect(lines[0]).toMatchObject({
      event: 'request',
      caller: eventId === undefined ? { source } : { source, eventId },
    });
  });

  it('is one and the same request when it comes again, its own token before its identity', async () => {
    cloud = await bundledCloud({ instances: 1 });
    const event = (id: string, more: object = {}) => ({
      specversion: '1.0',
      source: 's',
      id,
      data: fields({ Reboot: true, ...more }),
    });
    const bindAgain = () => {
      for (const { instanceId } of cloud.ecs.instances()) cloud.ecs.bind(instanceId, cloud.keyPairName);
    };
    const statusOf = async (sent: object) => {
      const { answer } = await deliver(sent);
      return JSON.parse(JSON.stringify(answer)).Reboot.Tasks[0].Status;
    };
    expect(await statusOf(event('1'))).toBe('Enqueued');
    expect(await statusOf(event('1'))).toBe('Duplicate');
    bindAgain();
    expect(await statusOf(event('2'))).toBe('Enqueued');
    bindAgain();
    expect(await statusOf(event('3', { ClientToken: 'own' }))).toBe('Enqueued');
    expect(await statusOf(event('4', { ClientToken: 'own' }))).toBe('Duplicate');
  });

  it.each([
    ['', 'MalformedBody'],
    ['{', 'MalformedBody'],
    ['7', 'MalformedBody'],
    ['null', 'MalformedBody'],
    ['{}', 'MissingParameter'],
    [{ specversion: '1.0' }, 'MalformedBody'],
    [{ specversion: '1.0', data: '{' }, 'MalformedBody'],
    [{ specversion: '1.0', data: [] }, 'MalformedBody'],
    [{ specversion: '1.0', data_base64: 7 }, 'MalformedBody'],
    [{ triggerName: 'a', triggerTime: 'b' }, 'MalformedBody'],
    [{ TopicName: 'a', MessageId: 'b', Message: 'hello' }, 'MalformedBody'],
  ])('that carries no request is thrown: %j', async (event, code) => {
    cloud = await startLocalCloud();
    expect(await deliver(event)).toMatchObject({
      thrown: true,
      answer: { Code: code, HostId: '1234567890123456.cn-hangzhou.fc.aliyuncs.com' },
    });
  });

  it('in an array is run in order; one that fails makes the whole array be thrown', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    const one = { specversion: '1.0', source: 's', id: '1', data: fields() };
    expect(await deliver([one, JSON.stringify(one)])).toMatchObject({
      thrown: false,
      answer: [{ FailCount: '0' }, { FailCount: '0' }],
    });
    expect(await deliver(['{', one])).toMatchObject({
      thrown: true,
      answer: [{ Code: 'MalformedBody' }, { FailCount: '0' }],
    });
    expect(await deliver([])).toEqual({ thrown: false, answer: [] });
  });

  it('that leaves something another run could finish is thrown', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    cloud.ecs.onCall('DetachKeyPair', () => ({
      kind: 'answer',
      status: 400,
      code: 'Throttling',
      headers: { 'x-acs-retry-after': '600000' },
    }));
    expect(await deliver(fields())).toMatchObject({ thrown: true, answer: { FailCount: '1' } });
  });

  it('whose reboots could not be queued is thrown', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    expect(await deliver(fields({ Reboot: true }))).toMatchObject({
      thrown: true,
      answer: { FailCount: '0', Reboot: { FailCount: '1' } },
    });
  });

  it('is our fault when a setting is bad', async () => {
    cloud = await startLocalCloud();
    const thrown = await entering(cloud, fields(), { variables: { LOG_LEVEL: 'loud' } }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({ name: 'EventFailure', message: expect.stringContaining('InternalError') });
  });
});
