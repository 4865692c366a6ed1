import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { programs, TARGET } from './program.ts';

const { open, run, begin, homeFolder, environment } = programs();
const BAD = 'i-bp1nosuchinstance00001';

describe('detach', () => {
  test('through InvokeFunction takes the key pair off, and answers with one JSON on stdout', async () => {
    const cloud = await open({ instances: 3 });
    const { code, stdout, stderr } = await run(['detach', ...TARGET, '--all', '--yes']);
    expect(stderr).toContain('3 instances would be detached, 0 would not.');
    expect(JSON.parse(stdout)).toMatchObject({ KeyPairName: 'leaked-key', TotalCount: '3', FailCount: '0' });
    expect(code).toBe(0);
    expect(cloud.ecs.bound()).toEqual([]);
    expect(cloud.fc.calls.filter((call) => call.function === 'detach-key-pair').length).toBeGreaterThan(0);
  });

  test('through a signed trigger, ids from stdin, restarts in waves', async () => {
    const cloud = await open({ instances: 5, triggerAuth: 'function' });
    const flags = ['--instances', '-', '--reboot', '--batch-size', '2', '--interval', '60', '--yes'];
    const { code, stdout, stderr } = await run(['detach', ...TARGET, '--url', cloud.fc.triggerUrl, ...flags], {
      input: cloud.ecs.bound().join('\n'),
    });
    expect(stderr).toContain('restarted in 3 waves of 2');
    const answer = JSON.parse(stdout);
    expect(answer.Reboot).toMatchObject({ TotalCount: '5', FailCount: '0' });
    expect(answer.Reboot.Tasks.map(({ DelaySeconds }: { DelaySeconds: string }) => DelaySeconds)).toEqual([
      '0',
      '60',
      '120',
    ]);
    expect(code).toBe(0);
  });

  test('with a bearer token from a file, which is in no output', async () => {
    const cloud = await open({ instances: 1, triggerAuth: { bearer: ['a-very-secret-token'] } });
    const file = path.join(homeFolder(), 'token');
    writeFileSync(file, 'a-very-secret-token\n');
    const ended = await run([
      'detach',
      ...TARGET,
      '--all',
      '--yes',
      '--debug',
      '--url',
      cloud.fc.triggerUrl,
      '--bearer',
      `@${file}`,
    ]);
    expect(ended.code).toBe(0);
    expect(ended.stdout + ended.stderr).not.toContain('a-very-secret-token');
  });

  test('says which failed, and exits with 1', async () => {
    const cloud = await open({ instances: 2 });
    const { code, stdout, stderr } = await run([
      'detach',
      ...TARGET,
      '--instances',
      [...cloud.ecs.bound(), BAD].join(),
      '--yes',
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '3', FailCount: '1' });
    expect(stderr).toContain(BAD);
    expect(stderr).toMatch(/3 asked, 2 detached, 1 failed/);
  });

  test('of a key pair that does not exist is refused with 3, with the answer on stdout', async () => {
    await open({ instances: 1 });
    const { code, stdout } = await run([
      'detach',
      '--region',
      'cn-hangzhou',
      '--key-pair',
      'leaked-kye',
      '--all',
      '--yes',
    ]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ Code: 'InvalidKeyPairName.NotFound' });
  });

  test('without a terminal and without --yes changes nothing', async () => {
    const cloud = await open({ instances: 1 });
    const { code, stdout, stderr } = await run(['detach', ...TARGET, '--all']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--yes');
    expect(cloud.ecs.bound()).toHaveLength(1);
  });

  test('with keys that are refused exits with 3, and shows no secret', async () => {
    await open({ instances: 1 });
    const env = { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'this-is-another-secret' };
    const ended = await run(['detach', ...TARGET, '--all', '--yes', '--debug'], { env });
    expect(ended.code).toBe(3);
    expect(ended.stdout).toContain('SignatureDoesNotMatch');
    const { ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret = '' } = environment();
    for (const text of ['this-is-another-secret', secret, 'ACS3-HMAC-SHA256']) {
      expect(ended.stdout + ended.stderr).not.toContain(text);
    }
  });

  test('that has nothing to do says so, and sends no detach', async () => {
    const cloud = await open({ instances: [{ keyPairName: 'another-key', instanceId: 'i-bp1another0000000001' }] });
    const { code, stdout } = await run(['detach', ...TARGET, '--instances', 'i-bp1another0000000001', '--yes']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).Results.Result[0]).toMatchObject({
      Code: 'DryRun.NotBound',
      BoundKeyPairName: 'another-key',
    });
    expect(cloud.ecs.callsOf('DetachKeyPair')).toEqual([]);
  });
});

describe('an interrupted run of 3,000', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s exits with 130, and goes on with the printed command',
    async (signal) => {
      const cloud = await open({ instances: 3_000, latencyMs: 5 });
      const flags = ['detach', ...TARGET, '--all', '--reboot', '--batch-size', '100', '--yes'];
      const child = begin(flags);
      await child.says(/\b1000 of 3000 done/);
      child.process.kill(signal);
      const { code, stdout, stderr } = await child.ended;
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      const [, words = ''] = /fc-detach-key-pair (detach .*--token \S+)$/m.exec(stderr) ?? [];
      expect(cloud.ecs.bound().length).toBeGreaterThan(0);

      const resumed = await run(words.split(' '));
      expect(resumed.stderr).toContain('Going on with cli-');
      expect(resumed.code).toBe(0);
      const answer = JSON.parse(resumed.stdout);
      expect(answer).toMatchObject({
        TotalCount: '3000',
        FailCount: '0',
        Reboot: { TotalCount: '3000', FailCount: '0' },
      });
      expect(cloud.ecs.bound()).toEqual([]);

      await cloud.fc.drain();
      expect(cloud.ecs.instances().every(({ reboots }) => reboots.length === 1)).toBe(true);
      expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(100);
    },
  );

  test('another command with its token is refused', async () => {
    await open({ instances: 2 });
    await run(['detach', ...TARGET, '--all', '--yes', '--token', 'leak-7']);
    const { code, stderr } = await run(['detach', ...TARGET, '--all', '--reboot', '--yes', '--token', 'leak-7']);
    expect(code).toBe(2);
    expect(stderr).toContain('belongs to another command');
  });
});

describe('what is kept of a run', () => {
  test('is for its owner alone, and what cannot be read of it is not begun anew', async () => {
    const cloud = await open({ instances: 2 });
    const args = ['detach', ...TARGET, '--all', '--yes', '--token', 'leak-9'];
    expect((await run(args)).code).toBe(0);
    const state = path.join(homeFolder(), '.local/state/fc-detach-key-pair');
    const [folder = ''] = readdirSync(state);
    expect(statSync(path.join(state, folder)).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(path.join(state, folder))) {
      expect(statSync(path.join(state, folder, file)).mode & 0o777, file).toBe(0o600);
    }
    const calls = cloud.ecs.callsOf('DetachKeyPair').length;
    writeFileSync(path.join(state, folder, 'plan.json'), '{"vers');
    const { code, stderr } = await run(args);
    expect(code).toBe(3);
    expect(stderr).toContain('cannot be read');
    expect(cloud.ecs.callsOf('DetachKeyPair')).toHaveLength(calls);
  });

  test('needs a folder that can be written, or nothing is changed', async () => {
    const cloud = await open({ instances: 1 });
    const file = path.join(homeFolder(), 'file');
    writeFileSync(file, '');
    const { code, stderr } = await run(['detach', ...TARGET, '--all', '--yes'], { env: { XDG_STATE_HOME: file } });
    expect(code).toBe(3);
    expect(stderr).toContain('XDG_STATE_HOME');
    expect(cloud.ecs.bound()).toHaveLength(1);
  });
});

describe('waves that watch', () => {
  test('are asked for as they are said', async () => {
    const cloud = await open({ instances: 4 });
    const flags = ['--all', '--yes', '--reboot', '--batch-size', '2', '--max-errors', '50%', '--health-timeout', '300'];
    const { code, stdout } = await run(['detach', ...TARGET, ...flags]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).Reboot).toMatchObject({ TotalCount: '4', FailCount: '0' });
    const messages = cloud.fc.tasks.filter((task) => task.function === 'reboot-instances');
    expect(messages.map(({ payload }) => JSON.parse(String(payload)).Watch)).toEqual([
      expect.objectContaining({ MaxErrors: 1, HealthTimeoutSeconds: 300 }),
      expect.objectContaining({ MaxErrors: 1, HealthTimeoutSeconds: 300 }),
    ]);
  });

  test('of several regions are one sequence: a wave watches those of the other region', async () => {
    const cloud = await open({ instances: 3 });
    cloud.ecs.add(3, { regionId: 'cn-beijing', keyPairName: cloud.keyPairName });
    const where = ['--region', 'cn-hangzhou,cn-beijing', '--key-pair', cloud.keyPairName];
    const flags = ['--all', '--allow-different-keys', '--yes', '--reboot', '--batch-size', '2', '--max-errors', '0'];
    const { code, stdout, stderr } = await run(['detach', ...where, ...flags]);
    expect(code).toBe(0);
    expect(stderr).toContain('restarted in 3 waves of 2');
    expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '6', FailCount: '0', Reboot: { TotalCount: '6' } });
    expect(cloud.ecs.bound()).toEqual([]);
    const messages = cloud.fc.tasks
      .filter((task) => task.function === 'reboot-instances')
      .map(({ payload }) => JSON.parse(String(payload)));
    const last = messages.filter(({ RegionId }) => RegionId === 'cn-beijing').at(-1);
    expect(last.Watch.Before.map(({ RegionId }: { RegionId: string }) => RegionId)).toEqual([
      'cn-hangzhou',
      'cn-beijing',
    ]);
  });

  test('that the function refuses are refused with 3, with nothing to go on with', async () => {
    const cloud = await open({ instances: 1 });
    const flags = ['--all', '--yes', '--reboot', '--not-before', '2100-01-01T00:00:00Z'];
    const { code, stderr, stdout } = await run(['detach', ...TARGET, ...flags]);
    expect(code).toBe(3);
    expect(stderr).not.toContain('To go on');
    expect(JSON.parse(stdout)).toMatchObject({ Code: 'InvalidParameter' });
    expect(cloud.ecs.bound()).toHaveLength(1);
  });
});

describe('dry-run', () => {
  test('exits with 0 when all would be detached, and changes nothing', async () => {
    const cloud = await open({ instances: 2 });
    const { code, stdout } = await run(['dry-run', ...TARGET, '--all']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ DryRun: 'true', TotalCount: '2', FailCount: '0' });
    expect(cloud.ecs.bound()).toHaveLength(2);
  });

  test('exits with 1 when some would not', async () => {
    const cloud = await open({ instances: 1 });
    const { code, stdout, stderr } = await run([
      'dry-run',
      ...TARGET,
      '--instances',
      [...cloud.ecs.bound(), BAD].join(),
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '2', FailCount: '1' });
    expect(stderr).toContain('InvalidInstanceId.NotFound');
  });

  test('of more ids than one request takes is one answer', async () => {
    const cloud = await open({ instances: 2_100 });
    const { code, stdout } = await run(['dry-run', ...TARGET, '--instances', '-'], {
      input: cloud.ecs.bound().join(' '),
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '2100', FailCount: '0' });
    expect(JSON.parse(stdout).Results.Result).toHaveLength(2_100);
  });

  test('narrows --all by tags', async () => {
    await open({ instances: [{}, { tags: { env: 'staging' } }] });
    const { stdout } = await run(['dry-run', ...TARGET, '--all', '--tag', 'env=staging']);
    expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '1' });
  });
});

describe('verify', () => {
  test('--watch follows a rollout until it is over', async () => {
    const cloud = await open({ instances: 2, rebootSeconds: 1, clock: { speed: 120 } });
    const since = new Date(cloud.clock.now()).toISOString();
    const ids = cloud.ecs.bound().join();
    expect((await run(['detach', ...TARGET, '--instances', ids, '--reboot', '--delay', '240', '--yes'])).code).toBe(0);
    const { code, stdout, stderr } = await run(['verify', ...TARGET, '--instances', ids, '--since', since, '--watch']);
    expect(stderr).toContain('2 waiting for their restart');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ Verify: 'true', FailCount: '0' });
  });

  test('knows by the token what was detached, and when', async () => {
    await open({ instances: 2 });
    await run(['detach', ...TARGET, '--all', '--yes', '--token', 'leak-8']);
    const { code, stdout } = await run(['verify', '--token', 'leak-8']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).Results.Result.map(({ Code }: { Code: string }) => Code)).toEqual([
      'Verify.RebootPending',
      'Verify.RebootPending',
    ]);
  });
});

test.each([
  ['no command', [], /Usage:/],
  ['an unknown command', ['detatch'], /unknown command/],
  ['an unknown option', ['detach', '--rebot'], /unknown option/],
  ['no region', ['dry-run', '--key-pair', 'k', '--all'], /--region/],
  ['no key pair', ['dry-run', '--region', 'cn-hangzhou', '--all'], /--key-pair/],
  ['neither ids nor --all', ['dry-run', ...TARGET], /--instances/],
  ['what is no id', ['dry-run', ...TARGET, '--instances', 'i-a1234,web-1'], /"web-1"/],
  ['a file that is not there', ['dry-run', ...TARGET, '--instances', '@/nowhere'], /cannot be read/],
  [
    'several regions with ids',
    ['dry-run', '--region', 'a,b', '--key-pair', 'k', '--instances', 'i-a1234'],
    /need --all/,
  ],
  ['waves without restarts', ['detach', ...TARGET, '--all', '--yes', '--batch-size', '5'], /without --reboot/],
  ['a number that is none', ['detach', ...TARGET, '--all', '--yes', '--reboot', '--interval', 'soon'], /whole number/],
  ['two places', ['dry-run', ...TARGET, '--all', '--url', 'https://a.example', '--direct'], /exclude each other/],
  ['a token over plain http', ['dry-run', ...TARGET, '--all', '--url', 'http://a.example', '--bearer', 'x'], /https/],
  ['verify without a time', ['verify', ...TARGET, '--all'], /--since/],
  ['a time without a zone', ['verify', ...TARGET, '--all', '--since', '2026-11-24T08:00:00'], /zone/],
] as const)('%s is wrong use: 2, said on stderr alone', async (_, args, message) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('without credentials it says where they are looked for, and exits with 3', async () => {
  const { code, stderr } = await run(['dry-run', ...TARGET, '--all', '--url', 'https://nowhere.invalid/'], {
    env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' },
  });
  expect(code).toBe(3);
  expect(stderr).toContain('aliyun configure');
});
