import { describe, expect, it } from 'vitest';
import { before, DETACHED_AT, MINUTE, message, rebootMessages, SHORT, TASK } from './messages.ts';

const { cloud, fleet, run, rebooted } = rebootMessages();

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
    expect(
      cloud()
        .ecs.callsOf('RebootInstances')
        .map(({ parameters }) => parameters),
    ).toMatchObject([{ ForceReboot: 'true', BatchOptimization: 'SuccessFirst' }]);
  });

  it('waits for an instance that is between two states, and then reboots it', async () => {
    const ids = await fleet([before, { ...before, status: 'Starting' }]);
    const [, starting = ''] = ids;
    cloud().ecs.onCall('DescribeInstances', ({ number }) => {
      if (number === 3) cloud().ecs.setStatus(starting, 'Running');
      return undefined;
    });
    const { thrown, actions } = await run(message(ids));
    expect([thrown, actions]).toEqual([false, ['Rebooted', 'Skipped.AlreadyRestarted']]);
    expect(cloud().fc.tasks).toEqual([]);
  });

  it('that finds an instance between two states until its time is up puts that one into the queue again', async () => {
    const ids = await fleet([before, { ...before, status: 'Stopping' }]);
    const { thrown, actions, failed } = await run(message(ids), SHORT);
    expect([thrown, actions, failed]).toEqual([false, ['Rebooted', 'Requeued'], '0']);
    const [task] = cloud().fc.tasks;
    expect(task).toMatchObject({ id: `${TASK}-1`, delaySeconds: 60, function: 'reboot-instances' });
    expect(JSON.parse(task?.payload ?? '')).toEqual(message(ids.slice(1), { TaskId: `${TASK}-1` }));
  });

  it('that was delivered twice goes on once', async () => {
    const ids = await fleet([{ ...before, status: 'Stopping' }]);
    const first = await run(message(ids), SHORT);
    const second = await run(message(ids), SHORT);
    expect([first.actions, second.actions]).toEqual([['Requeued'], ['Requeued']]);
    expect(cloud().fc.tasks.map(({ id }) => id)).toEqual([`${TASK}-1`]);
  });

  it('goes on under the id after its own', async () => {
    const ids = await fleet([{ ...before, status: 'Stopping' }]);
    await run(message(ids, { TaskId: `${TASK}-9` }), SHORT);
    await run(message(ids, { TaskId: undefined }), SHORT);
    expect(cloud().fc.tasks.map(({ id }) => id)).toEqual([
      `${TASK}-10`,
      expect.stringMatching(/^reboot-[0-9a-f]{64}-1$/),
    ]);
  });

  it('does not go on when what it put into the queue before was stopped', async () => {
    const ids = await fleet([{ ...before, status: 'Stopping' }]);
    await run(message(ids), SHORT);
    cloud().fc.stop('reboot-instances', `${TASK}-1`);
    await run(message(ids), SHORT);
    expect(cloud().fc.tasks.map(({ id, status }) => [id, status])).toEqual([[`${TASK}-1`, 'Stopped']]);
  });

  it('is thrown when what is left cannot be put into the queue again', async () => {
    const ids = await fleet([before, { ...before, status: 'Stopping' }]);
    cloud().fc.onCall('InvokeFunction', () => ({ kind: 'answer', status: 403, code: 'AccessDenied' }));
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
    expect([thrown, actions, cloud().fc.tasks]).toEqual([true, ['Failed'], []]);
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
    expect(cloud().ecs.calls).toEqual([]);
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
    cloud().clock.advance(90_000);
    const at = cloud().clock.now();
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
    expect([thrown, total, items, cloud().ecs.calls]).toEqual([false, '0', [], []]);
    expect(cloud().fc.tasks).toMatchObject([{ id: `${TASK}-1`, delaySeconds: delay }]);
    expect(JSON.parse(cloud().fc.tasks[0]?.payload ?? '')).toEqual(message(ids, { ...times, TaskId: `${TASK}-1` }));
  });

  it('that is not due and cannot be queued again is thrown', async () => {
    const ids = await fleet([before]);
    cloud().fc.onCall('InvokeFunction', () => ({ kind: 'answer', status: 403, code: 'AccessDenied' }));
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
    expect(cloud().ecs.calls).toEqual([]);
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
    expect(cloud().ecs.calls).toEqual([]);
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
