import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { enter } from '../../functions/remove-public-key/invoke.ts';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { ABSENT, type Agent } from '../../local-cloud/ecs/assistant/agent.ts';
import { publicKeyFor } from '../../local-cloud/ecs/key-pairs.ts';
import { messaging } from '../support/messaging.ts';

let cloud: LocalCloud;
afterEach(() => cloud?.stop());

const LEAKED = publicKeyFor('leaked-key');
const OTHER = publicKeyFor('other-key');

async function fleet(instances: CloudOptions['instances'], options: CloudOptions = {}) {
  cloud = await startLocalCloud({ ...options, ...(instances !== undefined && { instances }) });
  return cloud.ecs.instances().map(({ instanceId }) => instanceId);
}

function message(ids: readonly string[], more: object = {}) {
  return {
    Version: 1,
    RegionId: 'cn-hangzhou',
    KeyPairName: 'leaked-key',
    PublicKey: LEAKED.split(' ').slice(0, 2).join(' '),
    InstanceIds: ids,
    TimeoutSeconds: 30,
    Sessions: 'Keep',
    DetachedAt: new Date(Date.now() - 5_000).toISOString(),
    NotAfter: new Date(Date.now() + 3_000_000).toISOString(),
    SourceRequestId: 'source-request',
    ...more,
  };
}

async function run(event: unknown, variables: Record<string, string> = {}, timeoutSeconds = 60) {
  const { answer, ...more } = await messaging(enter, cloud, event, { variables, timeoutSeconds });
  return { ...more, code: answer['Code'] };
}

const keysOf = (id: string) => join(cloud.ecs.assistant.treeOf(id), 'root/.ssh/authorized_keys');

describe('on instances that are well', () => {
  it('takes the key out, proves it by a second run, and leaves every other key', async () => {
    const ids = await fleet(3);
    const [first = '', second = '', third = ''] = ids;
    writeFileSync(keysOf(first), `${OTHER}\n${LEAKED}\n`);
    writeFileSync(keysOf(second), `${OTHER}\n`);

    const { thrown, actions, items } = await run(message(ids));

    expect({ thrown, actions }).toEqual({ thrown: false, actions: ['Removed', 'Clean', 'Removed'] });
    expect(ids.map((id) => readFileSync(keysOf(id), 'utf8'))).toEqual([`${OTHER}\n`, `${OTHER}\n`, '']);
    const [, check] = cloud.ecs.assistant.invocations();
    const evidence = { InvokeId: check?.invokeId, Files: '1', SessionsClosed: '0' };
    expect(items[0]?.Evidence).toEqual({ ...evidence, LinesRemoved: '1', CheckedAt: expect.stringMatching(/Z$/) });
    expect(items[1]?.Evidence).toMatchObject({ ...evidence, LinesRemoved: '0' });
    expect(existsSync(keysOf(third))).toBe(true);
  });

  it('asks for two runs of one command, with nothing in it but the checked key, and keeps none', async () => {
    const ids = await fleet(51);
    for (const id of ids.slice(1)) cloud.ecs.assistant.setAgent(id, { does: 'lie' });
    await run(message(ids));

    const calls = cloud.ecs.callsOf('RunCommand').map(({ parameters }) => parameters);
    expect(calls.map((parameters) => parameters['Name'])).toEqual([
      expect.stringMatching(/^remove-public-key-remove-[0-9a-f]{32}$/),
      expect.stringMatching(/^remove-public-key-check-[0-9a-f]{32}$/),
    ]);
    for (const parameters of calls) {
      expect(parameters['KeepCommand']).toBe('false');
      expect('Username' in parameters).toBe(false);
      expect('Parameters' in parameters).toBe(false);
    }
    // 50 results a page.
    expect(cloud.ecs.callsOf('DescribeInvocationResults').length).toBeGreaterThanOrEqual(4);
  });

  it('looks anew when FC runs the same invocation again', async () => {
    const ids = await fleet(1);
    const first = await run(message(ids));
    writeFileSync(keysOf(ids[0] ?? ''), `${LEAKED}\n`);

    const second = await run(message(ids));

    expect([first.actions, second.actions]).toEqual([['Removed'], ['Removed']]);
    expect(readFileSync(keysOf(ids[0] ?? ''), 'utf8')).toBe('');
    expect(second.items[0]?.Evidence?.['InvokeId']).not.toBe(first.items[0]?.Evidence?.['InvokeId']);
  });

  it('says that a file with the key could not be written', async () => {
    const ids = await fleet(1);
    const tree = cloud.ecs.assistant.treeOf(ids[0] ?? '');
    // A configuration that names what cannot be read: a link to itself.
    writeFileSync(join(tree, 'etc/ssh/sshd_config'), 'AuthorizedKeysCommand /bin/keys\n');

    const { thrown, codes, items } = await run(message(ids));

    expect({ thrown, codes }).toEqual({ thrown: true, codes: ['Unreadable'] });
    expect(items[0]?.Message).toContain('AuthorizedKeysCommand');
    expect(items[0]?.Evidence).toMatchObject({ LinesRemoved: '1' });
  });
});

describe.each(['refuse', 'status'] as const)('where a bad instance shows as "%s"', (commandOnBadInstance) => {
  it('does not let it keep the others from it', async () => {
    const ids = await fleet(
      [{}, { osType: 'windows' }, { status: 'Stopped' }, {}, { status: 'Starting' }, {}, {}, {}],
      { switches: { commandOnBadInstance } },
    );
    const agents: [number, Partial<Agent>][] = [
      [3, ABSENT],
      [5, { does: 'not-answer' }],
    ];
    for (const [k, agent] of agents) cloud.ecs.assistant.setAgent(ids[k] ?? '', agent);
    const gone = 'i-bp1gone';

    const { thrown, actions, codes } = await run(message([...ids, gone]));

    expect(thrown).toBe(true);
    expect(actions).toEqual([
      'Removed',
      'Failed',
      'Skipped.Stopped',
      'Failed',
      'Failed',
      'Failed',
      'Removed',
      'Removed',
      'Skipped.NotFound',
    ]);
    expect([1, 3, 4, 5].map((k) => codes[k])).toEqual([
      'DependencyViolation.WindowsInstance',
      'CloudAssistant.Offline',
      'IncorrectInstanceStatus',
      'CloudAssistant.Offline',
    ]);
  });

  it('finds the instance that makes a call fail although its agent is said to report', async () => {
    const ids = await fleet(9, { switches: { commandOnBadInstance } });
    const bad = ids[4] ?? '';
    cloud.ecs.assistant.setAgent(bad, ABSENT);
    cloud.ecs.script('DescribeCloudAssistantStatus', [
      { kind: 'answer', status: 404, code: 'InvalidInstance.NotFound' },
    ]);

    const { items } = await run(message(ids));

    expect(items.filter(({ Action }) => Action !== 'Removed')).toMatchObject([
      { InstanceId: bad, Action: 'Failed', Code: 'CloudAssistant.Offline' },
    ]);
  });
});

describe('where an agent does not do what it should', () => {
  it.each([
    ['lie', 'OutcomeUnknown'],
    ['cut-off', 'OutcomeUnknown'],
    ['not-answer', 'CloudAssistant.Offline'],
    ['lose-the-result', 'CloudAssistant.Timeout'],
    ['hang', 'CloudAssistant.Timeout'],
  ] as const)('takes none for clean: one that does "%s" is %s, and the others are finished', async (does, code) => {
    const ids = await fleet(3);
    cloud.ecs.assistant.setAgent(ids[1] ?? '', { does });

    // Half of the time is for the first run of the script, on a busy machine too.
    const { thrown, codes } = await run(message(ids), {}, 12);

    expect({ thrown, codes }).toEqual({ thrown: true, codes: ['200', code, '200'] });
  });

  it('believes no removal that the second run could not confirm', async () => {
    const ids = await fleet(2);
    let calls = 0;
    cloud.ecs.onCall('RunCommand', () => {
      calls += 1;
      if (calls === 2) cloud.ecs.assistant.setAgent(ids[0] ?? '', { does: 'lie' });
      return undefined;
    });

    const { codes } = await run(message(ids));

    expect(codes).toEqual(['OutcomeUnknown', '200']);
    expect(readFileSync(keysOf(ids[0] ?? ''), 'utf8')).toBe('');
  });

  it.each([
    [{ InvocationStatus: 'Cancelled' }, 'OutcomeUnknown'],
    [{ InvocationStatus: 'Aborted', ErrorCode: 'DeliveryTimeout' }, 'CloudAssistant.Offline'],
    [{ InvocationStatus: 'Invalid', ErrorCode: 'AccountNotExists', ErrorInfo: 'no such user' }, 'AccountNotExists'],
    [{ InvocationStatus: 'Success', ExitCode: '', Output: 'b2s=' }, 'OutcomeUnknown'],
  ])('reads %o as %s', async (row, code) => {
    const ids = await fleet(1);
    const InvocationResult = [
      { InstanceId: ids[0], ...row },
      { InstanceId: 'i-bp1another', InvocationStatus: 'Success' },
    ];
    const body = JSON.stringify({ Invocation: { InvocationResults: { InvocationResult } } });
    cloud.ecs.onCall('DescribeInvocationResults', () => ({ kind: 'raw', body }));

    expect((await run(message(ids))).codes).toEqual([code]);
  });

  it('runs nothing twice when the answer of a call is lost', async () => {
    const ids = await fleet(1);
    cloud.ecs.script('RunCommand', [
      { kind: 'raw', body: '{}', applied: true },
      undefined,
      { kind: 'reset', applied: true },
    ]);

    const { actions } = await run(message(ids));

    expect(actions).toEqual(['Removed']);
    expect(cloud.ecs.callsOf('RunCommand').length).toBe(4);
    expect(cloud.ecs.assistant.invocations().length).toBe(2);
  });

  it('does not take an output that is cut off for a result', async () => {
    const ids = await fleet(1);
    cloud.ecs.assistant.setAgent(ids[0] ?? '', { keepsBytes: 20 });

    expect((await run(message(ids))).codes).toEqual(['OutcomeUnknown']);
  });

  it('says that the script ran out of time where Cloud Assistant says so', async () => {
    const ids = await fleet(1);
    cloud.ecs.assistant.setAgent(ids[0] ?? '', { does: 'hang' });
    cloud.ecs.onCall('DescribeInvocationResults', () => {
      cloud.clock.advance(31_000);
      return undefined;
    });

    const { items } = await run(message(ids));

    expect(items[0]).toMatchObject({ Code: 'CloudAssistant.Timeout', Message: expect.stringContaining('did not end') });
  });
});

describe('does nothing', () => {
  const untouched = () => expect(cloud.ecs.callsOf('RunCommand')).toEqual([]);

  it('when it is switched off', async () => {
    const ids = await fleet(2);
    const { thrown, actions } = await run(message(ids), { ONLINE_DISABLED: 'true' });
    expect({ thrown, actions }).toEqual({ thrown: false, actions: ['Skipped.Disabled', 'Skipped.Disabled'] });
    untouched();
  });

  const from = (ms: number) => new Date(Date.now() + ms).toISOString();

  // Said when the test begins: the table is read long before on a busy machine.
  it.each([
    ['that comes too late', () => ({ NotAfter: from(-1_000) }), 'Expired', 'MessageExpired'],
    ['from the future', () => ({ DetachedAt: from(120_000) }), 'Failed', 'InvalidParameter'],
    ['for days', () => ({ NotAfter: from(30 * 3_600_000) }), 'Failed', 'InvalidParameter'],
    ['of no day', () => ({ DetachedAt: '2026-99-99T00:00:00.000Z' }), 'Failed', 'InvalidParameter'],
  ])('for a message %s', async (_, times, action, code) => {
    const ids = await fleet(1);
    const { thrown, actions, codes } = await run(message(ids, times()));
    expect({ thrown, actions, codes }).toEqual({ thrown: true, actions: [action], codes: [code] });
    untouched();
  });

  it('outside the allow-lists', async () => {
    const ids = await fleet(1);
    const { thrown, codes } = await run(message(ids), { ALLOWED_KEY_PAIRS: 'another' });
    expect({ thrown, codes }).toEqual({ thrown: true, codes: ['Forbidden.KeyPairName'] });
    untouched();
  });

  it.each([
    { PublicKey: 'ssh-rsa AAAA; reboot' },
    { PublicKey: '$(reboot) AAAA' },
    { Sessions: 'Kill' },
    { TimeoutSeconds: 5 },
    { Username: 'root' },
    { PublicKey: undefined },
  ])('for a malformed message: %o', async (fields) => {
    const ids = await fleet(1);
    const { thrown, code, lines } = await run(message(ids, fields));
    expect({ thrown, code }).toEqual({ thrown: true, code: 'MalformedBody' });
    expect(JSON.stringify(lines)).toContain('malformed message');
    untouched();
  });

  it('with a bad setting', async () => {
    const ids = await fleet(1);
    const { code, lines } = await run(message(ids), { ONLINE_DISABLED: 'perhaps' });
    expect(code).toBe('InternalError');
    expect(JSON.stringify(lines)).toContain('ONLINE_DISABLED');
  });
});

it('gives the common code to all after three single instances were refused for it', async () => {
  const ids = await fleet(50, { deny: ['RunCommand'] });

  const { codes } = await run(message(ids));

  expect(new Set(codes)).toEqual(new Set(['Forbidden.RAM']));
  expect(cloud.ecs.callsOf('RunCommand').length).toBeLessThan(110);
});

it('fails when ECS shows none of the instances, and when it cannot be asked', async () => {
  await fleet(0);
  expect(await run(message(['i-bp1gone']))).toMatchObject({ thrown: true, codes: ['InvalidInstanceId.NotFound'] });
  cloud.ecs.permissions.deny('DescribeInstances');
  expect(await run(message(['i-bp1gone']))).toMatchObject({ thrown: true, codes: ['Forbidden.RAM'] });
});
