import { afterEach, describe, expect, it } from 'vitest';
import { enter } from '../../../functions/reboot-instances/invoke.ts';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { echo } from '../../../local-cloud/test/echo.ts';
import { recordOf } from '../../../shared/record.ts';
import { fcContext, REQUEST_ID } from '../../support/events.ts';

let cloud: LocalCloud;
afterEach(() => cloud?.stop());

const MINUTE = 60_000;
/** Ten minutes ago, 20 seconds into a minute. */
const DETACHED_AT = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE + 20_123;

const TASK = `reboot-${'0'.repeat(64)}`;

type Item = { InstanceId: string; Code: string; Message: string; Success: string; Action: string };
type Run = {
  thrown: boolean;
  total: string;
  failed: string;
  items: Item[];
  actions: string[];
  code: string;
  lines: Record<string, unknown>[];
};

async function fleet(instances: CloudOptions['instances'], options: CloudOptions = {}) {
  const functions = { 'reboot-instances': echo({ asyncTask: true }) };
  cloud = await startLocalCloud({ ...(instances !== undefined && { instances }), functions, ...options });
  return cloud.ecs.instances().map(({ instanceId }) => instanceId);
}

const before = { startTime: DETACHED_AT - 3_600_000, keyPairName: null };

function message(ids: readonly string[], more: object = {}) {
  return {
    Version: 1,
    RegionId: 'cn-hangzhou',
    KeyPairName: 'leaked-key',
    InstanceIds: ids,
    ForceReboot: false,
    DetachedAt: new Date(DETACHED_AT).toISOString(),
    NotAfter: new Date(DETACHED_AT + 3_600_000).toISOString(),
    SourceRequestId: 'source-request',
    TaskId: TASK,
    ...more,
  };
}

type Options = { variables?: Record<string, string>; timeoutSeconds?: number };

/** Long enough for some rounds, and for what is left to be put into the queue again. */
const SHORT = { timeoutSeconds: 3, variables: { DEADLINE_MARGIN_MS: '2000' } };

async function run(event: unknown, { variables = {}, timeoutSeconds = 60 }: Options = {}): Promise<Run> {
  const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
  const written: string[] = [];
  let thrown = false;
  const answer = await enter(
    Buffer.from(typeof event === 'string' ? event : JSON.stringify(event)),
    fcContext({ timeoutSeconds }),
    {
      variables: {
        ECS_ENDPOINT: cloud.ecs.endpoint,
        FC_ENDPOINT: cloud.fc.endpoint,
        FC_FUNCTION_NAME: 'reboot-instances',
        ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
        ...variables,
      },
      write: (line) => written.push(line),
    },
  ).catch((error: unknown) => {
    thrown = true;
    return JSON.parse(error instanceof Error ? error.message : '');
  });
  const { TotalCount, FailCount, Code, RequestId, Results } = recordOf(answer);
  expect(RequestId).toBe(REQUEST_ID);
  const items: Item[] = JSON.parse(JSON.stringify(recordOf(Results)['Result'] ?? []));
  return {
    thrown,
    total: String(TotalCount),
    failed: String(FailCount),
    items,
    actions: items.map(({ Action }) => Action),
    code: String(Code),
    lines: written.map((line) => JSON.parse(line)),
  };
}

const rebooted = () => cloud.ecs.callsOf('RebootInstances').map(({ instanceIds }) => instanceIds);
const actionsCalled = () => cloud.ecs.calls.map(({ action }) => action);

describe('a reboot message', () => {
  it('reboots the running instances, and skips those that need no reboot', async () => {
    const ids = await fleet([
      before,
      { ...before, status: 'Stopped' },
      { ...before, startTime: DETACHED_AT - 20_123 + MINUTE },
      { ...before, startTime: DETACHED_AT + 30_000 },
    ]);
    const { thrown, items, total, failed } = await run(message([...ids, 'i-bp1nosuch'], { ForceReboot: true }));
    expect([thrown, total, failed]).toEqual([false, '5', '0']);
    expect(items.map(({ Action, Code, Success }) => [Action, Code, Success])).toEqual([
      ['Rebooted', '200', 'true'],
      ['Skipped.Stopped', '200', 'true'],
      ['Skipped.AlreadyRestarted', '200', 'true'],
      // Started in the minute of the detach, perhaps before it: a reboot too many is better than a key that works.
      ['Rebooted', '200', 'true'],
      ['Skipped.NotFound', '200', 'true'],
    ]);
    expect(cloud.ecs.callsOf('RebootInstances').map(({ parameters }) => parameters)).toMatchObject([
      { ForceReboot: 'true', BatchOptimization: 'SuccessFirst' },
    ]);
  });

  it('waits for an instance that is between two states, and then reboots it', async () => {
    const ids = await fleet([before, { ...before, status: 'Starting' }]);
    const [, starting = ''] = ids;
    cloud.ecs.onCall('DescribeInstances', ({ number }) => {
      if (number === 3) cloud.ecs.setStatus(starting, 'Running');
      return undefined;
    });
    const { thrown, actions } = await run(message(ids));
    expect([thrown, actions]).toEqual([false, ['Rebooted', 'Skipped.AlreadyRestarted']]);
    expect(cloud.fc.tasks).toEqual([]);
  });

  it('that finds an instance between two states until its time is up puts that one into the queue again', async () => {
    const ids = await fleet([before, { ...before, status: 'Stopping' }]);
    const { thrown, actions, failed } = await run(message(ids), SHORT);
    expect([thrown, actions, failed]).toEqual([false, ['Rebooted', 'Requeued'], '0']);
    const [task] = cloud.fc.tasks;
    expect(task).toMatchObject({ id: `${TASK}-1`, delaySeconds: 60, function: 'reboot-instances' });
    expect(JSON.parse(task?.payload ?? '')).toEqual(message(ids.slice(1), { TaskId: `${TASK}-1` }));
  });

  it('that was delivered twice goes on once', async () => {
    const ids = await fleet([{ ...before, status: 'Stopping' }]);
    const first = await run(message(ids), SHORT);
    const second = await run(message(ids), SHORT);
    expect([first.actions, second.actions]).toEqual([['Requeued'], ['Requeued']]);
    expect(cloud.fc.tasks.map(({ id }) => id)).toEqual([`${TASK}-1`]);
  });

  it('goes on under the id after its own', async () => {
    const ids = await fleet([{ ...before, status: 'Stopping' }]);
    await run(message(ids, { TaskId: `${TASK}-9` }), SHORT);
    await run(message(ids, { TaskId: undefined }), SHORT);
    expect(cloud.fc.tasks.map(({ id }) => id)).toEqual([
      `${TASK}-10`,
      expect.stringMatching(/^reboot-[0-9a-f]{64}-1$/),
    ]);
  });

  it('does not go on when what it put into the queue before was stopped', async () => {
    const ids = await fleet([{ ...before, status: 'Stopping' }]);
    await run(message(ids), SHORT);
    cloud.fc.stop('reboot-instances', `${TASK}-1`);
    await run(message(ids), SHORT);
    expect(cloud.fc.tasks.map(({ id, status }) => [id, status])).toEqual([[`${TASK}-1`, 'Stopped']]);
  });

  it('is thrown when what is left cannot be put into the queue again', async () => {
    const ids = await fleet([before, { ...before, status: 'Stopping' }]);
    cloud.fc.onCall('InvokeFunction', () => ({ kind: 'answer', status: 403, code: 'AccessDenied' }));
    const { thrown, items } = await run(message(ids), SHORT);
    expect(thrown).toBe(true);
    expect(items).toMatchObject([
      { Action: 'Rebooted' },
      { Action: 'Failed', Message: expect.stringContaining('AccessDenied') },
    ]);
  });

  it('is thrown when what is left would come after NotAfter', async () => {
    const ids = await fleet([{ ...before, status: 'Stopping' }]);
    const { thrown, actions } = await run(
      message(ids, { NotAfter: new Date(Date.now() + 30_000).toISOString() }),
      SHORT,
    );
    expect([thrown, actions, cloud.fc.tasks]).toEqual([true, ['Failed'], []]);
  });

  it('is thrown when every instance is missing', async () => {
    await fleet(1);
    const { thrown, items } = await run(message(['i-bp1nosuch0', 'i-bp1nosuch1']));
    expect(thrown).toBe(true);
    expect(items.map(({ Code }) => Code)).toEqual(['InvalidInstanceId.NotFound', 'InvalidInstanceId.NotFound']);
    expect(rebooted()).toEqual([]);
  });

  it('past its NotAfter is not acted on, and thrown', async () => {
    const ids = await fleet([before]);
    const { thrown, actions, failed } = await run(message(ids, { NotAfter: new Date(Date.now() - 1).toISOString() }));
    expect([thrown, actions, failed]).toEqual([true, ['Expired'], '1']);
    expect(cloud.ecs.calls).toEqual([]);
  });

  it.each([
    ['DetachedAt is more than a minute ahead', 120_000, 3_600_000],
    ['NotAfter is more than 27 hours after it', -10 * MINUTE, 27 * 3_600_000 + 1],
  ])('is not acted on, and thrown, when its %s', async (_, ahead, valid) => {
    const ids = await fleet([before]);
    const at = Date.now() + ahead;
    const times = { DetachedAt: new Date(at).toISOString(), NotAfter: new Date(at + valid).toISOString() };
    const { thrown, items } = await run(message(ids, times));
    expect([thrown, items.map(({ Action, Code }) => [Action, Code])]).toEqual([true, [['Failed', 'InvalidParameter']]]);
    expect(rebooted()).toEqual([]);
  });

  it('from a minute and a half ahead of a clock that lags is carried out: ECS tells the time', async () => {
    const ids = await fleet([before]);
    cloud.clock.advance(90_000);
    const at = cloud.clock.now();
    const times = { DetachedAt: new Date(at).toISOString(), NotAfter: new Date(at + 3_600_000).toISOString() };
    const { thrown, actions } = await run(message(ids, times));
    expect([thrown, actions]).toEqual([false, ['Rebooted']]);
  });

  it.each([
    [7_200, 3_600],
    [1_800, 1_800],
  ])('that is due in %i s puts itself into the queue again, and calls nothing else', async (seconds, delay) => {
    const ids = await fleet([before]);
    const due = Date.now() + seconds * 1_000;
    const times = { NotBefore: new Date(due).toISOString(), NotAfter: new Date(due + 3_600_000).toISOString() };
    const { thrown, total, items } = await run(message(ids, times));
    expect([thrown, total, items, cloud.ecs.calls]).toEqual([false, '0', [], []]);
    expect(cloud.fc.tasks).toMatchObject([{ id: `${TASK}-1`, delaySeconds: delay }]);
    expect(JSON.parse(cloud.fc.tasks[0]?.payload ?? '')).toEqual(message(ids, { ...times, TaskId: `${TASK}-1` }));
  });

  it('that is not due and cannot be queued again is thrown', async () => {
    const ids = await fleet([before]);
    cloud.fc.onCall('InvokeFunction', () => ({ kind: 'answer', status: 403, code: 'AccessDenied' }));
    const times = { NotBefore: new Date(Date.now() + 7_200_000).toISOString() };
    const { thrown, items } = await run(message(ids, { ...times, NotAfter: new Date(Date.now() + 1e7).toISOString() }));
    expect([thrown, items.map(({ Action, Code }) => [Action, Code])]).toEqual([true, [['Failed', 'AccessDenied']]]);
  });

  it.each([
    ['ALLOWED_REGIONS', 'cn-beijing', 'Forbidden.Region'],
    ['ALLOWED_KEY_PAIRS', 'other-*', 'Forbidden.KeyPairName'],
  ])('off %s is not acted on, and thrown', async (name, value, code) => {
    const ids = await fleet([before]);
    const { thrown, items } = await run(message(ids), { variables: { [name]: value } });
    expect([thrown, items.map(({ Code }) => Code)]).toEqual([true, [code]]);
    expect(cloud.ecs.calls).toEqual([]);
  });

  it('with a role that is not allowed is not acted on, and thrown', async () => {
    const ids = await fleet([before]);
    const { thrown, items } = await run(message(ids, { RoleArn: 'acs:ram::1:role/other' }));
    expect([thrown, items.map(({ Code }) => Code)]).toEqual([true, ['Forbidden.RoleArn']]);
  });

  it('does nothing while reboots are switched off, not even when it is late', async () => {
    const ids = await fleet([before]);
    const late = message(ids, { NotAfter: new Date(Date.now() - 1).toISOString() });
    const { thrown, actions } = await run(late, { variables: { REBOOTS_DISABLED: 'true' } });
    expect([thrown, actions]).toEqual([false, ['Skipped.Disabled']]);
    expect(cloud.ecs.calls).toEqual([]);
  });

  it.each(['', '{', '[]', '{"Version":2}', JSON.stringify(message([])), JSON.stringify(message(['i-*']))])(
    'that is none is thrown: %s',
    async (event) => {
      await fleet(0);
      const { thrown, code } = await run(event);
      expect([thrown, code]).toEqual([true, 'MalformedBody']);
    },
  );

  it('is thrown with the request id alone when a setting is bad', async () => {
    const ids = await fleet([before]);
    const { thrown, code, lines } = await run(message(ids), { variables: { LOG_LEVEL: 'loud' } });
    expect([thrown, code]).toEqual([true, 'InternalError']);
    expect(JSON.stringify(lines)).toContain('LOG_LEVEL must be');
  });

  it('writes one line of what was done', async () => {
    const ids = await fleet([before]);
    const { lines } = await run(message(ids));
    expect(lines).toMatchObject([
      { event: 'reboot', sourceRequestId: 'source-request', actions: { Rebooted: 1 }, unfinished: false },
    ]);
  });
});

describe('a reboot call', () => {
  it.each([
    ['throttled', { kind: 'answer', status: 400, code: 'Throttling.User', headers: { 'x-acs-retry-after': '5' } }],
    ['a conflict', { kind: 'answer', status: 409, code: 'InvalidOperation.Conflict' }],
  ] as const)('that is refused for the moment is repeated: %s', async (_, fault) => {
    const ids = await fleet([before, before]);
    cloud.ecs.script('RebootInstances', [fault, fault]);
    const { thrown, actions } = await run(message(ids));
    expect([thrown, actions]).toEqual([false, ['Rebooted', 'Rebooted']]);
    expect(actionsCalled()).toEqual(['DescribeInstances', 'RebootInstances', 'RebootInstances', 'RebootInstances']);
  });

  it('whose answer was lost is looked at before it is repeated', async () => {
    const ids = await fleet([before, before]);
    cloud.ecs.script('RebootInstances', [{ kind: 'reset', applied: true }]);
    const { thrown, actions } = await run(message(ids));
    expect([thrown, actions]).toEqual([false, ['Rebooted', 'Rebooted']]);
    expect(actionsCalled()).toEqual(['DescribeInstances', 'RebootInstances', 'DescribeInstances']);
  });

  it('that never arrived is repeated for those that look untouched', async () => {
    const ids = await fleet([before, before, before]);
    const [gone = '', stopped = ''] = ids;
    cloud.ecs.script('RebootInstances', [{ kind: 'html' }]);
    cloud.ecs.onCall('DescribeInstances', ({ number }) => {
      if (number === 2) cloud.ecs.setStatus(stopped, 'Stopped');
      return number === 2 ? { kind: 'items', rewrite: (body) => without(body, gone) } : undefined;
    });
    const { actions } = await run(message(ids));
    expect(actions).toEqual(['Skipped.NotFound', 'Skipped.Stopped', 'Rebooted']);
    expect(rebooted()).toEqual([ids, [ids[2]]]);
  });

  it('that cannot be looked at is left to a later run', async () => {
    const ids = await fleet([before]);
    cloud.ecs.script('RebootInstances', [{ kind: 'reset', applied: false }]);
    cloud.ecs.onCall('DescribeInstances', ({ number }) =>
      number > 1 ? { kind: 'answer', status: 403, code: 'Forbidden.RAM' } : undefined,
    );
    const { thrown, items } = await run(message(ids));
    expect([thrown, items.map(({ Code }) => Code)]).toEqual([true, ['OutcomeUnknown']]);
    expect(rebooted()).toEqual([ids]);
  });

  it('that ECS does not take for as long as the run may last is left to a later run', async () => {
    const ids = await fleet([before]);
    cloud.ecs.onCall('RebootInstances', () => ({
      kind: 'answer',
      status: 503,
      code: 'LimitedOperation.ServiceUnavailable',
    }));
    const { thrown, items } = await run(message(ids), SHORT);
    expect([thrown, items.map(({ Action }) => Action)]).toEqual([false, ['Requeued']]);
    expect(items[0]?.Message).toContain('LimitedOperation.ServiceUnavailable');
    expect(rebooted().length).toBeGreaterThan(6);
  });

  it('throttled more often than anything counts goes through in the end', async () => {
    const ids = await fleet([before, before]);
    const throttled = { kind: 'answer', status: 400, code: 'Throttling.User' } as const;
    cloud.ecs.script(
      'RebootInstances',
      Array.from({ length: 9 }, () => throttled),
    );
    const { thrown, actions } = await run(message(ids));
    expect([thrown, actions, rebooted().length]).toEqual([false, ['Rebooted', 'Rebooted'], 10]);
  });

  it('answered without a list is one without an answer', async () => {
    const ids = await fleet([before]);
    cloud.ecs.script('RebootInstances', [
      { kind: 'raw', body: '{}' },
      { kind: 'raw', body: '{"InstanceResponses":{"InstanceResponse":[{}]}}' },
      { kind: 'raw', body: '{"InstanceResponses":{}}' },
    ]);
    const { actions } = await run(message(ids));
    expect(actions).toEqual(['Rebooted']);
    expect(rebooted()).toHaveLength(4);
  });

  it('is read item by item', async () => {
    const ids = await fleet([before, before, before, before]);
    const [ok = '', locked = '', moved = '', busy = ''] = ids;
    const item = (InstanceId: string, Code: string | number) => ({ InstanceId, Code, Message: 'm' });
    cloud.ecs.script('RebootInstances', [
      {
        kind: 'raw',
        body: JSON.stringify({
          InstanceResponses: {
            InstanceResponse: [
              item(ok, 200),
              item(locked, 'InstanceLockedForSecurity'),
              item(moved, 'IncorrectInstanceStatus'),
              item(busy, 'Throttling'),
            ],
          },
        }),
      },
    ]);
    const { thrown, items } = await run(message(ids));
    expect(items.map(({ Code, Action }) => [Code, Action])).toEqual([
      ['200', 'Rebooted'],
      ['InstanceLockedForSecurity', 'Failed'],
      ['200', 'Rebooted'],
      ['200', 'Rebooted'],
    ]);
    expect(thrown).toBe(true);
    // What ECS took for another state is described anew before it is sent again.
    expect(rebooted()[0]).toEqual(ids);
    expect(rebooted().slice(1).flat().sort()).toEqual([moved, busy].sort());
  });

  it('whose answer leaves an instance out is looked at', async () => {
    const ids = await fleet([before, before]);
    cloud.ecs.script('RebootInstances', [{ kind: 'items', omit: 'first' }]);
    const { actions } = await run(message(ids));
    expect(actions).toEqual(['Rebooted', 'Rebooted']);
    expect(rebooted()).toHaveLength(1);
  });

  it('refused as a whole for one instance goes through for the others', async () => {
    const ids = await fleet([before, before, before]);
    const [, locked = ''] = ids;
    cloud.ecs.permissions.denyInstances([locked], 'RebootInstances');
    const { thrown, items } = await run(message(ids));
    expect(items.map(({ Action, Code }) => [Action, Code])).toEqual([
      ['Rebooted', '200'],
      ['Failed', 'Forbidden.RAM'],
      ['Rebooted', '200'],
    ]);
    expect(thrown).toBe(true);
  });

  it('refused for one whose state has changed is left to a later run, for one that is gone to none', async () => {
    const ids = await fleet([before, before]);
    const [moved = '', gone = ''] = ids;
    cloud.ecs.onCall('RebootInstances', ({ instanceIds }) => ({
      kind: 'answer',
      status: instanceIds[0] === moved ? 403 : 404,
      code: instanceIds[0] === moved ? 'IncorrectInstanceStatus' : 'InvalidInstanceId.NotFound',
    }));
    const { thrown, items } = await run(message([moved, gone]), SHORT);
    expect(items.map(({ Action, Code }) => [Action, Code])).toEqual([
      ['Requeued', '200'],
      ['Skipped.NotFound', '200'],
    ]);
    expect(thrown).toBe(false);
  });

  it('that is never permitted costs a dozen calls for 100 instances, and is thrown', async () => {
    const ids = await fleet(Array.from({ length: 100 }, () => before));
    cloud.ecs.permissions.deny('RebootInstances');
    const { thrown, items } = await run(message(ids));
    expect(thrown).toBe(true);
    expect(new Set(items.map(({ Action, Code }) => `${Action} ${Code}`))).toEqual(new Set(['Failed Forbidden.RAM']));
    expect(rebooted().length).toBeLessThanOrEqual(15);
  });

  it('that has passed for one instance is tried for each of the others', async () => {
    const ids = await fleet(Array.from({ length: 20 }, () => before));
    const [first, ...others] = ids;
    const last = others.pop();
    cloud.ecs.permissions.denyInstances(others, 'RebootInstances');
    const { items } = await run(message(ids));
    const passed = items.filter(({ Action }) => Action === 'Rebooted').map(({ InstanceId }) => InstanceId);
    expect(passed).toEqual([first, last]);
    expect(rebooted().length).toBeLessThanOrEqual(39);
  });

  it('stops at once when no call can succeed', async () => {
    const ids = await fleet([before, before, before]);
    cloud.ecs.onCall('RebootInstances', () => ({ kind: 'answer', status: 404, code: 'InvalidAction.NotFound' }));
    const { items } = await run(message(ids));
    expect(items.map(({ Code }) => Code)).toEqual(ids.map(() => 'InvalidAction.NotFound'));
    expect(rebooted()).toHaveLength(1);
  });
});

describe('describing before the reboot', () => {
  it('that is not permitted reboots nothing, and is thrown', async () => {
    const ids = await fleet([before]);
    cloud.ecs.permissions.deny('DescribeInstances');
    const { thrown, items } = await run(message(ids));
    expect([thrown, items.map(({ Code }) => Code)]).toEqual([true, ['Forbidden.RAM']]);
    expect(actionsCalled()).toEqual(['DescribeInstances']);
  });

  it('that cannot reach ECS is left to a later run', async () => {
    const ids = await fleet([before]);
    const { thrown, items } = await run(message(ids), {
      ...SHORT,
      variables: { ...SHORT.variables, ECS_ENDPOINT: 'http://127.0.0.1:1' },
    });
    expect([thrown, items.map(({ Action }) => Action)]).toEqual([false, ['Requeued']]);
    expect(items[0]?.Message).toContain('ServiceUnavailable');
  });

  it('has no time where the function has none', async () => {
    const ids = await fleet([before]);
    const { thrown, items } = await run(message(ids), { timeoutSeconds: 1, variables: { DEADLINE_MARGIN_MS: '1000' } });
    expect([thrown, items.map(({ Code }) => Code)]).toEqual([true, ['DeadlineExceeded']]);
  });
});

function without(body: Record<string, unknown>, id: string) {
  const instances: unknown[] = JSON.parse(JSON.stringify(recordOf(body['Instances'])['Instance']));
  return { ...body, Instances: { Instance: instances.filter((instance) => recordOf(instance)['InstanceId'] !== id) } };
}
