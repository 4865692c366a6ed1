import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CloudOptions, LocalCloud } from '../../local-cloud/cloud.ts';
import { ABSENT } from '../../local-cloud/ecs/assistant/agent.ts';
import { publicKeyFor } from '../../local-cloud/ecs/key-pairs.ts';
import { rpcJson } from '../../local-cloud/test/rpc-call.ts';
import { parsePublicKey } from '../../shared/public-key.ts';
import { removalCommandName } from '../../shared/removal-report.ts';
import { bundledCloud, post } from '../support/bundled-cloud.ts';
import { detaching, request } from '../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud?.stop());

type Task = { TaskId: string; InstanceIds: string[]; Status: string; Code?: string };
type Section = { TotalCount: string; FailCount: string; Tasks: Task[] };
type Message = Record<string, unknown> & { Reboot?: { FirstWave: number }; InstanceIds: string[] };

/** The function in this process; `remove-public-key` as it is built. */
async function start(instances: CloudOptions['instances'], more: Parameters<typeof bundledCloud>[0] = {}) {
  cloud = await bundledCloud({ instances: instances ?? 3, remove: { maxAsyncRetryAttempts: 0 }, ...more });
  const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
  const detach = detaching(cloud);
  return { ids, ask: (fields: object) => detach(request(ids, fields)) };
}

const sectionOf = (value: unknown): Section => JSON.parse(JSON.stringify(value));
const removals = () => cloud.fc.tasks.filter(({ id }) => id.startsWith('remove-'));
const messages = (): Message[] => removals().map(({ payload }) => JSON.parse(payload));
const keysOf = (id: string) => join(cloud.ecs.assistant.treeOf(id), 'root/.ssh/authorized_keys');

describe('a detach with Online', () => {
  it('hands over at most 100 instances a task, and says so in a section of the form of Reboot', async () => {
    const { ids, ask } = await start(120);

    const { status, body } = await ask({ Online: { TimeoutSeconds: 60, Sessions: 'Close' } });

    expect({ status, failed: body.FailCount }).toEqual({ status: 200, failed: '0' });
    const { Tasks, ...counts } = sectionOf(body['Online']);
    expect(counts).toEqual({ TotalCount: '120', FailCount: '0' });
    expect(Tasks.map(({ InstanceIds, Status }) => [InstanceIds.length, Status])).toEqual([
      [100, 'Enqueued'],
      [20, 'Enqueued'],
    ]);
    expect(Tasks.flatMap(({ InstanceIds }) => InstanceIds)).toEqual(ids);
    expect(messages()[0]).toMatchObject({
      PublicKey: publicKeyFor('leaked-key').split(' ').slice(0, 2).join(' '),
      TimeoutSeconds: 60,
      Sessions: 'Close',
    });
    expect(messages()[0]).not.toHaveProperty('Reboot');
  });

  it('touches only what had the key pair', async () => {
    const { ids, ask } = await start([{}, { keyPairName: 'another' }]);

    const { body } = await ask({ Online: true });

    expect(sectionOf(body['Online']).Tasks.flatMap(({ InstanceIds }) => InstanceIds)).toEqual([ids[0]]);
  });

  it('leaves the restarts to remove-public-key, in waves that never overlap', async () => {
    const { ask } = await start(130);

    const { body } = await ask({ Online: true, Reboot: { BatchSize: 30, IntervalSeconds: 60, DelaySeconds: 10 } });

    expect(body['Reboot']).toBeUndefined();
    expect(messages().map(({ InstanceIds, Reboot }) => [InstanceIds.length, Reboot?.FirstWave])).toEqual([
      [90, 0],
      [40, 3],
    ]);
  });

  it('restarts nothing that it could not see, where key pairs are allowed one by one', async () => {
    const { ids } = await start(2);
    cloud.ecs.permissions.deny('DescribeInstances');
    const detach = detaching(cloud, { variables: { ALLOWED_KEY_PAIRS: 'leaked-*' } });

    const { body } = await detach(request(ids, { Online: true, Reboot: true }));

    expect(body['Online']).toMatchObject({ TotalCount: '2', FailCount: '0' });
    expect(messages().map(({ Reboot }) => Reboot)).toEqual([undefined]);
  });

  it('queues nothing when nothing was detached', async () => {
    const { ask } = await start(1, { switches: { badInstance: 'item' } });

    const { body } = await ask({ InstanceIds: ['i-bp1nosuch'], Online: true });

    expect(body['Online']).toEqual({ TotalCount: '0', FailCount: '0', Tasks: [] });
  });

  it('queues the same work once', async () => {
    const { ids, ask } = await start(2);
    await ask({ Online: true, ClientToken: 'one' });
    for (const id of ids) cloud.ecs.bind(id, 'leaked-key');

    const { body } = await ask({ Online: true, ClientToken: 'one' });

    expect(['Duplicate', 'Enqueued']).toContain(sectionOf(body['Online']).Tasks[0]?.Status);
    expect(removals().length).toBeLessThanOrEqual(2);
  });

  it('names the instances whose removal could not be queued', async () => {
    const { ask } = await start(2);
    cloud.fc.onCall('InvokeFunction', () => ({ kind: 'answer', status: 403, code: 'AccessDenied' }));

    const { status, body } = await ask({ Online: true });

    expect(status).toBe(200);
    expect(body['Online']).toMatchObject({ FailCount: '2', Tasks: [{ Status: 'Failed', Code: 'AccessDenied' }] });
  });
});

it('acts in another account through its role, and runs the script there', async () => {
  const role = 'acs:ram::2000000000000000:role/detacher';
  const environment = { ALLOWED_ROLE_ARNS: role };
  cloud = await bundledCloud({ instances: 1, detach: { environment }, remove: { environment } });
  cloud.sts.addRole({ roleArn: role, instances: 2, keyPairName: 'leaked-key' });
  const account = '2000000000000000';
  const InstanceIds = cloud.ecs.bound('leaked-key', account);

  const { status } = await post(cloud, { InstanceIds, RoleArn: role, Online: true });
  await cloud.fc.drain();

  expect(status).toBe(200);
  expect(removals().map((task) => task.status)).toEqual(['Succeeded']);
  const files = InstanceIds.map((id) => join(cloud.ecs.assistant.treeOf(id, account), 'root/.ssh/authorized_keys'));
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(['', '']);
});

describe('the public key is read before anything is detached', () => {
  const untouched = () => expect(cloud.ecs.callsOf('DetachKeyPair')).toEqual([]);

  it.each([
    ['is not shown', () => cloud.ecs.keyPairs.add('leaked-key', undefined, { publicKey: null })],
    ['is no key', () => cloud.ecs.keyPairs.add('leaked-key', undefined, { publicKey: 'ssh-rsa nonsense' })],
    ['may not be read', () => cloud.ecs.permissions.deny('DescribeKeyPairs')],
  ])('and where it %s the request is refused', async (_, spoil) => {
    const { ask } = await start(2);
    spoil();

    const { status, body } = await ask({ Online: true });

    expect({ status, code: body.Code }).toEqual({ status: 400, code: 'PublicKeyUnavailable' });
    expect(body.Message).toContain('Nothing was detached');
    untouched();
  });

  it('and a key pair that is not there is named as ECS names it', async () => {
    const { ask } = await start(2);
    const { status, body } = await ask({ KeyPairName: 'no-such-key', Online: true });
    expect({ status, code: body.Code }).toEqual({ status: 400, code: 'InvalidKeyPairName.NotFound' });
    untouched();
  });
});

it.each([{ TimeoutSeconds: 29 }, { TimeoutSeconds: 601 }, { Sessions: 'Kill' }, { Session: 'Close' }, 'yes'])(
  'refuses Online %o',
  async (Online) => {
    const { ask } = await start(1);
    expect((await ask({ Online })).status).toBe(400);
  },
);

describe('a dry run with Online', () => {
  it('says of each instance whether its agent answers', async () => {
    const { ids, ask } = await start([{}, {}, { status: 'Stopped' }, { keyPairName: 'another' }]);
    cloud.ecs.assistant.setAgent(ids[1] ?? '', ABSENT);

    const { item, body } = await ask({ Online: true, DryRun: true });

    expect(ids.map((id) => JSON.parse(JSON.stringify(item(id))).Online)).toEqual([
      'Reachable',
      'Offline',
      'Stopped',
      undefined,
    ]);
    expect(body['Online']).toBeUndefined();
  });

  it('does not say what it could not read, and asks no agent without Online', async () => {
    const { ids, ask } = await start(1);
    cloud.ecs.permissions.deny('DescribeCloudAssistantStatus');

    const { item } = await ask({ Online: true, DryRun: true });
    await ask({ DryRun: true });

    expect(item(ids[0] ?? '')).toMatchObject({ Code: 'DryRun.WouldDetach' });
    expect(item(ids[0] ?? '')).not.toHaveProperty('Online');
    expect(cloud.ecs.callsOf('DescribeCloudAssistantStatus').length).toBe(1);
  });
});

describe('Verify after Online', () => {
  async function removed(instances: CloudOptions['instances'] = 3) {
    const started = await start(instances);
    const VerifySince = new Date(cloud.clock.now() - 1_000).toISOString();
    await started.ask({ Online: true });
    await cloud.fc.drain();
    const verify = (more: object = {}) => started.ask({ Verify: true, VerifySince, ...more });
    return { ...started, verify };
  }

  it('takes a read-back on record that found the key nowhere for a proof, and says so', async () => {
    const { ids, verify } = await removed();
    expect(readFileSync(keysOf(ids[0] ?? ''), 'utf8')).toBe('');

    const { codes, item } = await verify();

    expect(codes).toEqual({ 'Verify.Revoked': 3 });
    expect(item(ids[0] ?? '')?.Message).toMatch(/read-back.*t-hz0/);
  });

  it('does not, when the latest one was not clean, or was before', async () => {
    const { ids, ask, verify } = await removed(2);
    for (const id of ids) {
      writeFileSync(join(cloud.ecs.assistant.treeOf(id), 'etc/ssh/sshd_config'), 'AuthorizedKeysCommand /bin/x\n');
    }
    cloud.clock.advance(60_000);
    for (const id of ids) cloud.ecs.bind(id, 'leaked-key');
    await ask({ Online: true });
    await cloud.fc.drain();
    expect((await verify()).codes).toEqual({ 'Verify.RebootPending': 2 });

    const later = { VerifySince: new Date(cloud.clock.now() + 1_000).toISOString() };
    expect((await verify(later)).codes).toEqual({ 'Verify.RebootPending': 2 });
  });

  it('reads the record to its end', async () => {
    const { ids, verify } = await removed(1);
    const { type, blob } = parsePublicKey(publicKeyFor('leaked-key'));
    const Name = removalCommandName('check', { type, blob });
    const parameters = { Type: 'RunShellScript', CommandContent: 'true', 'InstanceId.1': ids[0], Name };
    for (let k = 0; k < 60; k++) await rpcJson(cloud, 'RunCommand', parameters);
    const over = () =>
      cloud.ecs.assistant.invocations().every(({ rows }) => rows.every(({ finishedAt }) => finishedAt));
    await expect.poll(over, { timeout: 20_000 }).toBe(true);

    // The latest decide, and they are no result of the script.
    expect((await verify()).codes).toEqual({ 'Verify.RebootPending': 1 });
    expect(cloud.ecs.callsOf('DescribeInvocations').length).toBe(2);
  });

  it('proves nothing by a record that cannot be read', async () => {
    const { verify } = await removed(1);
    cloud.ecs.permissions.deny('DescribeInvocations');
    expect((await verify()).codes).toEqual({ 'Verify.RebootPending': 1 });
    cloud.ecs.permissions.allow('DescribeInvocations');
    cloud.ecs.keyPairs.add('leaked-key', undefined, { publicKey: null });
    expect((await verify()).codes).toEqual({ 'Verify.RebootPending': 1 });
  });
});
