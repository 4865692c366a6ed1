import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HttpFault } from '../../local-cloud/http/fault.ts';
import { variablesOf } from '../deploy-and-docs/substitute.ts';
import { type SetupBench, SHOULD_BE_ATTACHED, setupBench } from './setup-bench.ts';

let bench: SetupBench;
beforeEach(async () => {
  bench = await setupBench();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bench.stop();
});

const ARN = 'acs:ram::1234567890123456:role';
const file = (name: string) => JSON.parse(readFileSync(`docs/policies/${name}.json`, 'utf8'));

describe('setup in an empty account', () => {
  test('makes the queue, the policies and the roles of docs/deploy.md, and attaches them', async () => {
    const { code } = await bench.run();
    expect(code).toBe(0);
    expect(bench.attachments()).toEqual(SHOULD_BE_ATTACHED);
    const policies = {
      'fc-detach-key-pair': 'detach-key-pair',
      'fc-reboot-instances': 'reboot-instances',
      'fc-remove-public-key': 'remove-public-key',
      'fc-detach-key-pair-on-failure': 'on-failure',
      'fc-detach-key-pair-caller': 'caller',
    };
    for (const [policy, name] of Object.entries(policies)) {
      expect(JSON.parse(bench.account.documentOf(policy) ?? ''), policy).toEqual(file(name));
    }
    expect([...bench.account.policies.keys()].sort()).toEqual(Object.keys(policies).sort());
    for (const { trust } of bench.account.roles.values()) expect(JSON.parse(trust)).toEqual(file('trust'));
    expect(bench.account.queues.get('fc-detach-key-pair-failures')?.attributes).toMatchObject({
      MessageRetentionPeriod: 604_800,
    });
  });

  test('shows the difference and its reasons before it changes anything', async () => {
    bench.answer = async () => {
      expect(bench.writes()).toEqual([]);
      return true;
    };
    const { err } = await bench.run({ yes: false });
    expect(bench.questions).toEqual(['Make 15 changes in account 1234567890123456?']);
    expect(err).toContain('create role fc-reboot-instances: The role of the function reboot-instances.');
    expect(err).toContain('    + Allow ecs:RebootInstances on acs:ecs:*:*:instance/*');
    expect(err.indexOf('+ Allow')).toBeLessThan(err.indexOf('done: create queue'));
    expect(bench.writes()).toHaveLength(15);
  });

  test('has nothing to do the second time', async () => {
    await bench.run();
    bench.writes();
    const { code, err, out } = await bench.run({ yes: false });
    expect({ code, writes: bench.writes(), questions: bench.questions }).toEqual({
      code: 0,
      writes: [],
      questions: [],
    });
    expect(err).toContain('Nothing to do.');
    expect(out).toContain(`export DETACH_ROLE_ARN=${ARN}/fc-detach-key-pair`);
  });

  test('changes nothing with --dry-run', async () => {
    const { code, err } = await bench.run({ dryRun: true, yes: true });
    expect({ code, writes: bench.writes() }).toEqual({ code: 0, writes: [] });
    expect(err).toContain('15 changes to make. Nothing was changed: this is a dry run.');
    expect(err).toContain('create policy fc-detach-key-pair:');
  });

  test('changes nothing when it is not confirmed', async () => {
    bench.answer = async () => false;
    const { code } = await bench.run({ yes: false });
    expect(code).toBe(3);
    expect(bench.writes()).toEqual([]);
  });

  test('changes nothing when the account has changed while it asked', async () => {
    bench.answer = async () => {
      bench.account.addPolicy('fc-detach-key-pair', { document: '{"Version":"1","Statement":[]}' });
      return true;
    };
    const { code, err } = await bench.run({ yes: false });
    expect(code).toBe(3);
    expect(err).toContain('has changed since the difference was shown');
    expect(bench.writes()).toEqual([]);
  });

  test('leaves the third function out with --no-online', async () => {
    const { out } = await bench.run({ online: false });
    expect([...bench.account.roles.keys()]).toEqual(['fc-detach-key-pair', 'fc-reboot-instances']);
    expect(bench.account.policies.has('fc-remove-public-key')).toBe(false);
    expect(out).not.toContain('REMOVE_ROLE_ARN');
  });
});

describe('the lines for s deploy', () => {
  test('set every variable of s.yaml that has no default', async () => {
    const { out } = await bench.run({ allowedRegions: 'cn-hangzhou', allowedKeyPairs: 'leaked-*' });
    const needed = [...variablesOf(readFileSync('s.yaml', 'utf8'))].filter(([, need]) => need === 'required');
    const set = [...out.matchAll(/^export (\w+)=/gm)].map(([, name]) => name);
    expect(set.sort()).toEqual([...needed.map(([name]) => name), 'REGION'].sort());
  });

  test('are what a shell can evaluate, whatever the names are', async () => {
    const { out } = await bench.run({ allowedRegions: '*', allowedKeyPairs: "it's,$(x)" });
    expect(out.split('\n')).toEqual([
      'export REGION=cn-hangzhou',
      `export DETACH_ROLE_ARN=${ARN}/fc-detach-key-pair`,
      `export REBOOT_ROLE_ARN=${ARN}/fc-reboot-instances`,
      `export REMOVE_ROLE_ARN=${ARN}/fc-remove-public-key`,
      'export ON_FAILURE_DESTINATION=acs:mns:cn-hangzhou:1234567890123456:/queues/fc-detach-key-pair-failures/messages',
      "export ALLOWED_REGIONS='*'",
      "export ALLOWED_KEY_PAIRS='it'\\''s,$(x)'",
    ]);
  });

  test('give a shell the values that were said', async () => {
    const allowedKeyPairs = `it's "$HOME" \\ $(echo no),*`;
    const { out } = await bench.run({ allowedKeyPairs });
    const script = 'eval "$1"; printf %s "$ALLOWED_KEY_PAIRS|$DETACH_ROLE_ARN|$ALLOWED_REGIONS|"';
    const env = { PATH: process.env['PATH'] };
    const said = execFileSync('/bin/sh', ['-c', script, 'sh', out], { env, encoding: 'utf8' });
    expect(said).toBe(`${allowedKeyPairs}|${ARN}/fc-detach-key-pair||`);
  });

  test('name the guards that were not said', async () => {
    const { out } = await bench.run();
    expect(out).toMatch(/^# export ALLOWED_REGIONS=….*comma-separated/m);
    expect(out).toMatch(/^# export ALLOWED_KEY_PAIRS=…/m);
  });

  test('are JSON with --json', async () => {
    const { out } = await bench.run({ json: true, dryRun: true });
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ AccountId: '1234567890123456', RegionId: 'cn-hangzhou', LeftAlone: [] });
    expect(answer.Changes).toHaveLength(15);
    expect(answer.Changes[0]).toMatchObject({ Kind: 'create queue', Reason: expect.stringContaining('kept') });
    expect(answer.Changes[0]).not.toHaveProperty('Result');
    expect(answer.Variables).toMatchObject({ DETACH_ROLE_ARN: `${ARN}/fc-detach-key-pair` });
    const done = JSON.parse((await bench.run({ json: true })).out);
    expect(new Set(done.Changes.map(({ Result }: { Result: string }) => Result))).toEqual(new Set(['Done']));
  });
});

describe('setup with other rights', () => {
  test('works with temporary credentials', async () => {
    bench.key = bench.cloud.ecs.stsCredentials;
    expect((await bench.run()).code).toBe(0);
    expect(bench.attachments()).toEqual(SHOULD_BE_ATTACHED);
  });

  test('names the rights that it lacks to look, and changes nothing', async () => {
    bench.cloud.ram.permissions.deny('GetRole', 'GetQueueAttributes');
    const { code, err: message } = await bench.run();
    expect(code).toBe(3);
    expect(message).toContain('ram:GetRole on acs:ram:*:1234567890123456:role/fc-detach-key-pair');
    expect(message).toContain(
      'mns:GetQueueAttributes on acs:mns:cn-hangzhou:1234567890123456:/queues/fc-detach-key-pair-failures',
    );
    expect(message).toContain('docs/policies/setup.json');
    expect(bench.writes()).toEqual([]);
  });

  test('does what it may, names the right that it lacks, and skips what builds on it', async () => {
    bench.cloud.ram.permissions.deny('CreateRole');
    const { code, err, out } = await bench.run();
    expect(code).toBe(1);
    expect(err).toContain('Missing right: ram:CreateRole on acs:ram:*:1234567890123456:role/fc-reboot-instances.');
    expect(err).toContain('skipped: attach policy fc-reboot-instances to role fc-reboot-instances');
    expect(bench.account.policies.size).toBe(5);
    expect(bench.account.queues.size).toBe(1);
    expect(out).toBe('');
    bench.cloud.ram.permissions.allow('CreateRole');
    expect((await bench.run()).code).toBe(0);
    expect(bench.attachments()).toEqual(SHOULD_BE_ATTACHED);
  });

  test('tells of each failed change in JSON too', async () => {
    bench.cloud.ram.permissions.deny('CreateRole');
    const { Changes } = JSON.parse((await bench.run({ json: true })).out);
    const of = (kind: string) => Changes.find(({ Kind }: { Kind: string }) => Kind === kind);
    expect(of('create role')).toMatchObject({
      Result: 'Failed',
      Code: 'NoPermission',
      MissingRight: expect.stringMatching(/^ram:CreateRole on /),
    });
    expect(of('attach policy')).toMatchObject({ Result: 'Skipped', RoleName: 'fc-detach-key-pair' });
  });

  test('is refused with a wrong secret, and says nothing of what was signed', async () => {
    bench.key = { ...bench.cloud.ecs.stsCredentials, accessKeySecret: 'not the secret of this key' };
    const { code, out, err } = await bench.run();
    expect(code).toBe(3);
    expect(err).toContain('SignatureDoesNotMatch');
    const said = `${out}${err}`;
    expect(said).not.toContain(bench.cloud.ecs.stsCredentials.securityToken);
    expect(said).not.toMatch(/StringToSign|CAIS/);
    expect(bench.cloud.ram.calls).toEqual([]);
  });

  test('shows no secret when RAM refuses the signature', async () => {
    bench.key = bench.cloud.ecs.stsCredentials;
    const { securityToken, accessKeySecret } = bench.key;
    const message = `Specified signature does not match. server StringToSign is [${securityToken}${accessKeySecret}]`;
    const refusal = { kind: 'answer', status: 400, code: 'SignatureDoesNotMatch', message } as const;
    bench.cloud.ram.onCall('GetPolicy', () => refusal);
    const { code, err } = await bench.run();
    expect(code).toBe(3);
    expect(err).toContain('SignatureDoesNotMatch');
    expect(err).not.toMatch(/CAIS|server StringToSign/);
    expect(err).not.toContain(accessKeySecret);
  });
});

describe('setup that cannot see what is there', () => {
  const FAULTS: [string, HttpFault][] = [
    ['the page of a gateway', { kind: 'html', status: 404 }],
    ['an empty object', { kind: 'raw', body: '{}' }],
    ['no JSON', { kind: 'raw', body: 'ok' }],
    ['a list', { kind: 'raw', body: '[]' }],
    ['half an answer', { kind: 'truncated' }],
    ['nothing', { kind: 'empty' }],
    ['a poisoned object', { kind: 'proto' }],
    ['no answer at all', { kind: 'reset', applied: false }],
    ['a refusal that is no absence', { kind: 'answer', status: 404, code: 'EntityNotExist.Something' }],
    ['throttling', { kind: 'answer', status: 400, code: 'Throttling.User' }],
  ];
  test.each(FAULTS)('takes %s for neither present nor absent', async (_, fault) => {
    await bench.run();
    for (const action of ['GetPolicy', 'GetRole', 'ListPoliciesForRole', 'GetQueueAttributes']) {
      bench.cloud.ram.onCall(action, () => fault);
      bench.writes();
      const { code, err, out } = await bench.run();
      expect({ action, code, out, writes: bench.writes() }).toEqual({ action, code: 3, out: '', writes: [] });
      expect(err).toContain('cannot be read. Nothing was changed.');
      expect(err).not.toContain('may have been done');
      bench.cloud.ram.onCall(action, undefined);
    }
  });

  test.each(FAULTS)('takes %s of STS for no account', async (_, fault) => {
    bench.cloud.sts.script('GetCallerIdentity', [fault]);
    const { code, err } = await bench.run();
    expect(code).toBe(3);
    expect(err).toContain('error: STS does not say whose credentials these are');
    expect(bench.cloud.ram.calls).toEqual([]);
  });

  test.each(['ResourceNotFound:QueueName', 'RESOURCE_NOT_FOUND'])(
    'knows %s for a queue that is missing',
    async (code) => {
      bench.cloud.ram.script('GetQueueAttributes', [{ kind: 'answer', status: 404, code }]);
      expect((await bench.run()).code).toBe(0);
      expect(bench.account.queues.size).toBe(1);
    },
  );

  test('says of the queue service that it may have to be activated', async () => {
    bench.cloud.ram.script('CreateQueue', [{ kind: 'answer', status: 403, code: 'ServiceNotActivated' }]);
    const { code, err } = await bench.run();
    expect(code).toBe(1);
    expect(err).toContain('activate it first: https://mns.console.aliyun.com');
  });

  test('does not take an answer that says nothing for a queue', async () => {
    bench.cloud.ram.script('CreateQueue', [{ kind: 'raw', body: '{"Success":false,"Code":500}' }]);
    const { code, err } = await bench.run();
    expect(code).toBe(1);
    expect(err).toMatch(/FAILED: create queue .*It may have been done all the same/);
  });
});

describe('setup without credentials', () => {
  test('says where they are looked for', async () => {
    const nowhere = mkdtempSync(path.join(tmpdir(), 'no-profile-'));
    vi.stubEnv('HOME', nowhere);
    vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true');
    bench.key = { accessKeyId: '', accessKeySecret: '' };
    try {
      const { code, err } = await bench.run();
      expect(code).toBe(3);
      expect(err).toContain('error: no credentials were found: set ALIBABA_CLOUD_ACCESS_KEY_ID');
    } finally {
      rmSync(nowhere, { recursive: true });
    }
  });
});

describe('setup that is called wrongly', () => {
  test.each([
    [
      'another account than that of the credentials',
      { accountId: '2222222222222222' },
      /are of account 1234567890123456/,
    ],
    ['a region that would be another host', { region: 'evil.example/x' }, /is no region/],
    ['an empty guard, which is none', { allowedKeyPairs: '' }, /--allowed-key-pairs is empty/],
    ['a guard of commas', { allowedRegions: ' , ' }, /--allowed-regions is empty/],
    ['an endpoint without TLS', { endpoints: { ram: 'http://ram.aliyuncs.com' } }, /is no endpoint/],
    ['an endpoint that is none', { endpoints: { sts: 'sts' } }, /is no endpoint/],
  ])('refuses %s', async (_, options, message) => {
    const { code, err } = await bench.run(options);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(bench.cloud.ram.calls).toEqual([]);
  });

  test('goes on with the account that is meant', async () => {
    expect((await bench.run({ accountId: '1234567890123456', dryRun: true })).code).toBe(0);
  });
});
