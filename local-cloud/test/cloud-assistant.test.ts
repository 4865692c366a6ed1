import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../cloud.ts';
import { ABSENT } from '../ecs/assistant/agent.ts';
import { rpcJson } from './rpc-call.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

type Row = Record<string, unknown> & { InstanceId: string; InvocationStatus: string; Output: string };

async function start(instances: CloudOptions['instances'], options: CloudOptions = {}) {
  cloud = await startLocalCloud({ ...options, ...(instances !== undefined && { instances }) });
  return cloud.ecs.instances().map(({ instanceId }) => instanceId);
}

function run(script: string, ids: readonly string[], more: Record<string, string> = {}) {
  const numbered = Object.fromEntries(ids.map((id, k) => [`InstanceId.${k + 1}`, id]));
  const CommandContent = Buffer.from(script).toString('base64');
  return rpcJson(cloud, 'RunCommand', {
    Type: 'RunShellScript',
    ContentEncoding: 'Base64',
    CommandContent,
    ...numbered,
    ...more,
  });
}

const textOf = (body: unknown, name: string): string => JSON.parse(JSON.stringify(body))[name];

async function rows(InvokeId: string, more: Record<string, string> = {}): Promise<Row[]> {
  const { body } = await rpcJson(cloud, 'DescribeInvocationResults', {
    InvokeId,
    ContentEncoding: 'PlainText',
    ...more,
  });
  return JSON.parse(JSON.stringify(body)).Invocation.InvocationResults.InvocationResult;
}

async function ended(InvokeId: string): Promise<Row[]> {
  const isOver = ({ InvocationStatus }: Row) => !['Pending', 'Running'].includes(InvocationStatus);
  await expect.poll(async () => (await rows(InvokeId)).every(isOver), { timeout: 20_000, interval: 10 }).toBe(true);
  return rows(InvokeId);
}

describe('Cloud Assistant of the local cloud', () => {
  it('runs a script for real, in a folder that stands for the root of each instance', async () => {
    const [id = ''] = await start(1);
    const { body } = await run('cat "$REMOVE_PUBLIC_KEY_TEST_ROOT/root/.ssh/authorized_keys"; echo no >&2; exit 3', [
      id,
    ]);

    const [row] = await ended(textOf(body, 'InvokeId'));

    expect(row).toMatchObject({ InvocationStatus: 'Failed', ExitCode: 3, ErrorCode: 'ExitCodeNonzero', Dropped: 0 });
    expect(row?.Output).toContain(
      readFileSync(join(cloud.ecs.assistant.treeOf(id), 'root/.ssh/authorized_keys'), 'utf8'),
    );
    expect(row?.Output).toContain('no');
  });

  it('runs the same call with the same token once', async () => {
    const ids = await start(1);
    const first = await run('true', ids, { ClientToken: 'one' });
    const second = await run('true', ids, { ClientToken: 'one' });
    expect(textOf(second.body, 'InvokeId')).toBe(textOf(first.body, 'InvokeId'));
    await ended(textOf(first.body, 'InvokeId'));
  });

  it('gives pages of at most 50, in base64 unless asked otherwise', async () => {
    const ids = await start(3);
    const { body } = await run('echo out', ids, { Name: 'pages' });
    const InvokeId = textOf(body, 'InvokeId');
    await ended(InvokeId);

    const page = await rpcJson(cloud, 'DescribeInvocationResults', { InvokeId, MaxResults: '2' });
    const { Invocation } = JSON.parse(JSON.stringify(page.body));
    expect(Invocation.InvocationResults.InvocationResult.map(({ Output }: Row) => Output)).toEqual([
      'b3V0Cg==',
      'b3V0Cg==',
    ]);
    expect(await rows(InvokeId, { NextToken: Invocation.NextToken })).toMatchObject([{ InstanceId: ids[2] }]);
    expect((await rpcJson(cloud, 'DescribeInvocationResults', { InvokeId, MaxResults: '51' })).status).toBe(400);

    const named = await rpcJson(cloud, 'DescribeInvocations', { CommandName: 'pages', IncludeOutput: 'true' });
    const [invocation] = JSON.parse(JSON.stringify(named.body)).Invocations.Invocation;
    expect(invocation).toMatchObject({ InvokeId, CommandName: 'pages' });
    expect(invocation.InvokeInstances.InvokeInstance).toHaveLength(3);
    const none = await rpcJson(cloud, 'DescribeInvocations', { CommandName: 'others' });
    expect(JSON.parse(JSON.stringify(none.body)).Invocations.Invocation).toEqual([]);
  });

  it('says which agents report', async () => {
    const [up = '', absent = '', stopped = ''] = await start([{}, {}, { status: 'Stopped' }]);
    cloud.ecs.assistant.setAgent(absent, ABSENT);
    const { body } = await rpcJson(cloud, 'DescribeCloudAssistantStatus', {
      'InstanceId.1': up,
      'InstanceId.2': absent,
      'InstanceId.3': stopped,
    });
    const { InstanceCloudAssistantStatusSet: set } = JSON.parse(JSON.stringify(body));
    const statuses = set.InstanceCloudAssistantStatus.map(
      (each: Record<string, string>) => each['CloudAssistantStatus'],
    );
    expect(statuses).toEqual(['true', 'false', 'false']);
    const { status } = await rpcJson(cloud, 'DescribeCloudAssistantStatus', { 'InstanceId.1': 'i-nosuch' });
    expect(status).toBe(404);
  });

  it.each([
    ['refuse', { osType: 'windows' }, 'InvalidInstance.NotMatch', 'CommandNotApplicable'],
    ['refuse', { status: 'Stopped' }, 'InvalidInstance.NotMatch', 'InstanceNotRunning'],
    ['status', { osType: 'windows' }, '', 'CommandNotApplicable'],
    ['status', { status: 'Stopped' }, '', 'InstanceNotRunning'],
  ] as const)('with "%s" shows %o as %s or %s', async (commandOnBadInstance, seed, whole, own) => {
    const ids = await start([{}, seed], { switches: { commandOnBadInstance } });
    const { status, body } = await run('true', ids);
    if (commandOnBadInstance === 'refuse') {
      expect([status, textOf(body, 'Code')]).toEqual([400, whole]);
      return;
    }
    const [good, bad] = await ended(textOf(body, 'InvokeId'));
    expect(good).toMatchObject({ InvocationStatus: 'Success' });
    expect(bad).toMatchObject({ InvocationStatus: 'Aborted', ErrorCode: own });
  });

  it.each([
    ['a list of ids that is empty', {}, [], 400],
    ['an id that is not there', {}, ['i-nosuch'], 404],
    ['another type', { Type: 'RunBatScript' }, undefined, 400],
    ['a script that is too long', { CommandContent: 'a'.repeat(25_000) }, undefined, 403],
  ])('refuses %s', async (_, more, ids, status) => {
    const all = await start(1);
    expect((await run('true', ids ?? all, more)).status).toBe(status);
  });

  it('ends a script that takes too long, and leaves nothing running', async () => {
    const [id = ''] = await start(1);
    const { body } = await run('sleep 600 & wait', [id], { Timeout: '10' });
    const InvokeId = textOf(body, 'InvokeId');
    await expect.poll(async () => (await rows(InvokeId))[0]?.InvocationStatus, { timeout: 20_000 }).toBe('Running');
    cloud.clock.advance(11_000);
    expect(await ended(InvokeId)).toMatchObject([{ InvocationStatus: 'Timeout', ErrorCode: 'ExecutionTimeout' }]);
  });

  it('stops with what it runs', async () => {
    const [id = ''] = await start(1);
    await run('sleep 600', [id]);
    writeFileSync(join(cloud.ecs.assistant.treeOf(id), 'mark'), '');
    await cloud.stop();
  });
});
