import { afterEach, expect, test } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { programs } from './program.ts';

const { run } = programs();
let cloud: LocalCloud | undefined;
afterEach(async () => {
  await cloud?.stop();
  cloud = undefined;
});

async function environment(): Promise<Record<string, string>> {
  cloud = await startLocalCloud();
  const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
  return {
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    RAM_ENDPOINT: cloud.ram.endpoint,
    MNS_ENDPOINT: cloud.ram.endpoint,
    STS_ENDPOINT: cloud.sts.endpoint,
    NODE_EXTRA_CA_CERTS: cloud.sts.caFile,
  };
}

const GUARDS = ['--allowed-regions', 'cn-hangzhou', '--allowed-key-pairs', 'leaked-*'];

test('setup prints the lines that a deployment needs, and has nothing to do the second time', async () => {
  const env = await environment();
  const shown = await run(['setup', '--dry-run', ...GUARDS], { env });
  expect(shown.code).toBe(0);
  expect(cloud?.ram.account.roles.size).toBe(0);

  const first = await run(['setup', '--yes', '--debug', ...GUARDS], { env });
  expect(first.code).toBe(0);
  expect(first.stdout).toContain('export DETACH_ROLE_ARN=acs:ram::1234567890123456:role/fc-detach-key-pair');
  expect(first.stdout).toContain("export ALLOWED_KEY_PAIRS='leaked-*'");
  expect(first.stdout + first.stderr).not.toContain(env['ALIBABA_CLOUD_ACCESS_KEY_SECRET']);

  const second = await run(['setup', ...GUARDS, '--yes'], { env });
  expect(second.code).toBe(0);
  expect(second.stderr).toContain('Nothing to do.');
  expect(second.stdout).toBe(first.stdout);
});

test('setup without a terminal needs --yes', async () => {
  const { code, stderr } = await run(['setup', ...GUARDS], { env: await environment() });
  expect(code).toBe(2);
  expect(stderr).toContain('--yes');
  expect(cloud?.ram.account.roles.size).toBe(0);
});
