import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type SetupBench, setupBench } from './setup-bench.ts';

let bench: SetupBench;
beforeEach(async () => {
  bench = await setupBench();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bench.stop();
});

const text = (name: string) => readFileSync(`docs/policies/${name}.json`, 'utf8');
const NAME = 'fc-detach-key-pair';
const NARROW = text('detach-key-pair').replaceAll('acs:ecs:*:*:keypair/*', 'acs:ecs:*:*:keypair/leaked-*');
const OLDER = JSON.stringify({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'ecs:DetachKeyPair', Resource: ['acs:ecs:*:*:instance/*'] }],
});
const TRUST_ECS = text('trust').replace('fc.aliyuncs.com', 'ecs.aliyuncs.com');

describe('a policy that setup did not write', () => {
  test('is left as it is, is attached to nothing, and gets the commands that hand it over', async () => {
    bench.account.addPolicy(NAME, { document: OLDER, description: 'ours, by hand' });
    const { code, err, out } = await bench.run();
    expect(code).toBe(3);
    expect(bench.account.documentOf(NAME)).toBe(OLDER);
    expect(bench.attachments()[NAME]).toEqual(['Custom:fc-detach-key-pair-on-failure']);
    expect(err).toMatch(
      /! policy fc-detach-key-pair: Left as it is: it was not written by setup\. It does not allow .*ecs:DescribeInstances/,
    );
    expect(err).toContain('+ Allow ecs:DescribeInstances on *');
    expect(err).toContain('aliyun ram AttachPolicyToRole --PolicyType Custom --PolicyName fc-detach-key-pair');
    expect(out).toBe('');
    expect(bench.account.policies.has('fc-reboot-instances')).toBe(true);
  });

  test('is replaced once its description was set to the mark that setup printed', async () => {
    const policy = bench.account.addPolicy(NAME, { document: OLDER });
    const { err } = await bench.run({ dryRun: true });
    const [, mark = ''] =
      /UpdatePolicyDescription --PolicyName fc-detach-key-pair --NewDescription '([^']+)'/.exec(err) ?? [];
    policy.description = mark;
    const { code } = await bench.run();
    expect(code).toBe(0);
    expect(JSON.parse(bench.account.documentOf(NAME) ?? '')).toEqual(JSON.parse(text('detach-key-pair')));
    expect((await bench.run()).err).toContain('Nothing to do.');
  });

  test('is used when it says the same in other words', async () => {
    const { Statement } = JSON.parse(text('detach-key-pair'));
    const reordered = JSON.stringify({ Statement: [...Statement].reverse(), Version: '1' }, null, 4);
    bench.account.addPolicy(NAME, { document: reordered });
    expect((await bench.run()).code).toBe(0);
    expect(bench.account.documentOf(NAME)).toBe(reordered);
    expect(bench.attachments()[NAME]).toContain(`Custom:${NAME}`);
  });

  test('that cannot be read is not replaced', async () => {
    bench.account.addPolicy(NAME, { document: 'no JSON at all' });
    expect((await bench.run()).code).toBe(3);
    expect(bench.account.documentOf(NAME)).toBe('no JSON at all');
  });
});

test('what is shown of an account cannot move the cursor, paint over a line, or begin one', async () => {
  const Action = 'ecs:X\u001b[2K\rdone: everything\ndone: all';
  const document = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  bench.account.addPolicy(NAME, { document });
  bench.account.addPolicy('fc-reboot-instances', { document: '\u001b[31m no\nJSON \u202e' });
  const { err } = await bench.run();
  expect(err).not.toMatch(/[^\P{C}\n]/u);
  expect(err).not.toMatch(/^done: (everything|all)/m);
  expect(err).toContain('- Allow ecs:X');
});

describe('a policy that setup wrote', () => {
  test('and that was narrowed by hand is not widened again', async () => {
    await bench.run();
    const policy = bench.account.policies.get(NAME);
    policy?.versions.push({ id: 'v2', document: NARROW });
    if (policy) policy.defaultVersion = 'v2';
    bench.writes();
    const { code, err, out } = await bench.run();
    expect({ code, writes: bench.writes() }).toEqual({ code: 0, writes: [] });
    expect(err).toContain('it was changed since setup wrote it. It allows every action that is needed');
    expect(out).toContain('export DETACH_ROLE_ARN');
  });

  test('is updated when the file has changed, though it has five versions already', async () => {
    await bench.run();
    // As an older release of setup has left it.
    bench.account.addPolicy(NAME, { document: OLDER });
    const { err } = await bench.run({ dryRun: true });
    const mark = /--NewDescription '([^']+)'/.exec(err)?.[1] ?? '';
    const versions = [1, 2, 3, 4, 5].map((n) => ({ id: `v${n}`, document: OLDER }));
    Object.assign(bench.account.addPolicy(NAME, { document: OLDER, description: mark }), {
      versions,
      defaultVersion: 'v5',
    });
    bench.writes();
    const shown = await bench.run();
    expect(shown.code).toBe(0);
    expect(shown.err).toContain('- Allow ecs:DetachKeyPair on acs:ecs:*:*:instance/*');
    expect(bench.writes()).toEqual([`CreatePolicyVersion ${NAME}`, `UpdatePolicyDescription ${NAME}`]);
    expect(bench.account.policies.get(NAME)?.versions).toHaveLength(5);
    expect(JSON.parse(bench.account.documentOf(NAME) ?? '')).toEqual(JSON.parse(text('detach-key-pair')));
    expect((await bench.run()).err).toContain('Nothing to do.');
  });
});

describe('a role that setup did not write', () => {
  test('gets no policy and no other trust, and the commands to give it them', async () => {
    bench.account.addRole(NAME, { trust: TRUST_ECS });
    const { code, err } = await bench.run();
    expect(code).toBe(3);
    expect(bench.account.roles.get(NAME)).toMatchObject({ trust: TRUST_ECS, policies: new Set() });
    expect(err).toContain('It lacks fc-detach-key-pair and fc-detach-key-pair-on-failure.');
    expect(err).toContain('+ Allow sts:AssumeRole by {"Service":["fc.aliyuncs.com"]}');
    expect(err).toContain(`aliyun ram UpdateRole --RoleName ${NAME} --NewDescription '`);
  });

  test('is completed once its description was set to the mark that setup printed', async () => {
    const role = bench.account.addRole(NAME, { trust: TRUST_ECS });
    const { err } = await bench.run();
    role.description = /UpdateRole --RoleName fc-detach-key-pair --NewDescription '([^']+)'/.exec(err)?.[1] ?? '';
    expect((await bench.run()).code).toBe(0);
    expect(JSON.parse(role.trust)).toEqual(JSON.parse(text('trust')));
    expect(role.policies.size).toBe(2);
    expect((await bench.run()).err).toContain('Nothing to do.');
  });

  test('is used when it was made by hand as docs/deploy.md said', async () => {
    for (const name of ['detach-key-pair', 'reboot-instances', 'remove-public-key']) {
      bench.account.addPolicy(`fc-${name}`, { document: text(name) });
      const role = bench.account.addRole(`fc-${name}`, { trust: text('trust') });
      role.policies.add(`Custom:fc-${name}`).add('Custom:fc-detach-key-pair-on-failure');
    }
    bench.account.addPolicy('fc-detach-key-pair-on-failure', { document: text('on-failure') });
    const { code } = await bench.run();
    expect({ code, writes: bench.writes() }).toEqual({
      code: 0,
      writes: ['CreateQueue fc-detach-key-pair-failures', 'CreatePolicy fc-detach-key-pair-caller'],
    });
  });

  test('with more rights than it needs is said so', async () => {
    await bench.run();
    bench.account.roles.get(NAME)?.policies.add('System:AdministratorAccess');
    const { code, err } = await bench.run();
    expect(code).toBe(0);
    expect(err).toContain('Also attached: AdministratorAccess (System). Setup leaves them there.');
  });
});
