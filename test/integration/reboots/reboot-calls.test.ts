import { describe, expect, it } from 'vitest';
import { recordOf } from '../../../shared/record.ts';
import { before, message, rebootMessages, SHORT } from './messages.ts';

const { cloud, fleet, run, rebooted, actionsCalled } = rebootMessages();

describe('a reboot call', () => {
  it.each([
    ['throttled', { kind: 'answer', status: 400, code: 'Throttling.User', headers: { 'x-acs-retry-after': '5' } }],
    ['a conflict', { kind: 'answer', status: 409, code: 'InvalidOperation.Conflict' }],
  ] as const)('that is refused for the moment is repeated: %s', async (_, fault) => {
    const ids = await fleet([before, before]);
    cloud().ecs.script('RebootInstances', [fault, fault]);
    const { thrown, actions } = await run(message(ids));
    expect([thrown, actions]).toEqual([false, ['Rebooted', 'Rebooted']]);
    expect(actionsCalled()).toEqual(['DescribeInstances', 'RebootInstances', 'RebootInstances', 'RebootInstances']);
  });

  it('whose answer was lost is looked at before it is repeated', async () => {
    const ids = await fleet([before, before]);
    cloud().ecs.script('RebootInstances', [{ kind: 'reset', applied: true }]);
    const { thrown, actions } = await run(message(ids));
    expect([thrown, actions]).toEqual([false, ['Rebooted', 'Rebooted']]);
    expect(actionsCalled()).toEqual(['DescribeInstances', 'RebootInstances', 'DescribeInstances']);
  });

  it('that never arrived is repeated for those that look untouched', async () => {
    const ids = await fleet([before, before, before]);
    const [gone = '', stopped = ''] = ids;
    cloud().ecs.script('RebootInstances', [{ kind: 'html' }]);
    cloud().ecs.onCall('DescribeInstances', ({ number }) => {
      if (number === 2) cloud().ecs.setStatus(stopped, 'Stopped');
      return number === 2 ? { kind: 'items', rewrite: (body) => without(body, gone) } : undefined;
    });
    const { actions } = await run(message(ids));
    expect(actions).toEqual(['Skipped.NotFound', 'Skipped.Stopped', 'Rebooted']);
    expect(rebooted()).toEqual([ids, [ids[2]]]);
  });

  it('that cannot be looked at is left to a later run', async () => {
    const ids = await fleet([before]);
    cloud().ecs.script('RebootInstances', [{ kind: 'reset', applied: false }]);
    cloud().ecs.onCall('DescribeInstances', ({ number }) =>
      number > 1 ? { kind: 'answer', status: 403, code: 'Forbidden.RAM' } : undefined,
    );
    const { thrown, items } = await run(message(ids));
    expect([thrown, items.map(({ Code }) => Code)]).toEqual([true, ['OutcomeUnknown']]);
    expect(rebooted()).toEqual([ids]);
  });

  it('that ECS does not take for as long as the run may last is left to a later run', async () => {
    const ids = await fleet([before]);
    cloud().ecs.onCall('RebootInstances', () => ({
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
    cloud().ecs.script(
      'RebootInstances',
      Array.from({ length: 9 }, () => throttled),
    );
    const { thrown, actions } = await run(message(ids));
    expect([thrown, actions, rebooted().length]).toEqual([false, ['Rebooted', 'Rebooted'], 10]);
  });

  it('answered without a list is one without an answer', async () => {
    const ids = await fleet([before]);
    cloud().ecs.script('RebootInstances', [
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
    cloud().ecs.script('RebootInstances', [
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
    cloud().ecs.script('RebootInstances', [{ kind: 'items', omit: 'first' }]);
    const { actions } = await run(message(ids));
    expect(actions).toEqual(['Rebooted', 'Rebooted']);
    expect(rebooted()).toHaveLength(1);
  });

  it('refused as a whole for one instance goes through for the others', async () => {
    const ids = await fleet([before, before, before]);
    const [, locked = ''] = ids;
    cloud().ecs.permissions.denyInstances([locked], 'RebootInstances');
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
    cloud().ecs.onCall('RebootInstances', ({ instanceIds }) => ({
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
    cloud().ecs.permissions.deny('RebootInstances');
    const { thrown, items } = await run(message(ids));
    expect(thrown).toBe(true);
    expect(new Set(items.map(({ Action, Code }) => `${Action} ${Code}`))).toEqual(new Set(['Failed Forbidden.RAM']));
    expect(rebooted().length).toBeLessThanOrEqual(15);
  });

  it('that has passed for one instance is tried for each of the others', async () => {
    const ids = await fleet(Array.from({ length: 20 }, () => before));
    const [first, ...others] = ids;
    const last = others.pop();
    cloud().ecs.permissions.denyInstances(others, 'RebootInstances');
    const { items } = await run(message(ids));
    const passed = items.filter(({ Action }) => Action === 'Rebooted').map(({ InstanceId }) => InstanceId);
    expect(passed).toEqual([first, last]);
    expect(rebooted().length).toBeLessThanOrEqual(39);
  });

  it('stops at once when no call can succeed', async () => {
    const ids = await fleet([before, before, before]);
    cloud().ecs.onCall('RebootInstances', () => ({ kind: 'answer', status: 404, code: 'InvalidAction.NotFound' }));
    const { items } = await run(message(ids));
    expect(items.map(({ Code }) => Code)).toEqual(ids.map(() => 'InvalidAction.NotFound'));
    expect(rebooted()).toHaveLength(1);
  });
});

describe('describing before the reboot', () => {
  it('that is not permitted reboots nothing, and is thrown', async () => {
    const ids = await fleet([before]);
    cloud().ecs.permissions.deny('DescribeInstances');
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
