import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildFunction, FUNCTIONS, type FunctionName } from '../../build/build.ts';
import { ECS_ACTIONS as detachActions } from '../../functions/detach-key-pair/ecs-actions.ts';
import { ECS_ACTIONS as rebootActions } from '../../functions/reboot-instances/ecs-actions.ts';
import { ECS_ACTIONS as removalActions } from '../../functions/remove-public-key/ecs-actions.ts';

type Statement = { Effect: string; Action: string | string[]; Resource: string | string[] };

function actions(...policies: string[]): string[] {
  const all = policies.flatMap((name) => {
    const { Statement }: { Statement: Statement[] } = JSON.parse(readFileSync(`docs/policies/${name}.json`, 'utf8'));
    return Statement.flatMap(({ Action }) => Action);
  });
  return [...new Set(all)].sort();
}

/** Our own sources that reach a function's bundle. */
async function sourcesOf(name: FunctionName): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'policies-'));
  try {
    const { metafile, lazy } = await buildFunction(name, folder);
    const inputs = new Set([metafile, ...lazy].flatMap((built) => Object.keys(built.inputs)));
    const files = [...inputs].filter((file) => /^(functions|shared)\/.*\.ts$/.test(file));
    return files.map((file) => readFileSync(file, 'utf8')).join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Method of the port in shared/ecs/ecs.ts → operation of ECS, as shared/alibaba/ecs.ts calls it. */
function operations(): Map<string, string> {
  const files = ['shared/alibaba/ecs.ts', 'shared/alibaba/cloud-assistant.ts'];
  const source = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const methods = source.matchAll(/^ {4}(\w+): operation\(\s*'(\w+)'/gm);
  return new Map([...methods].map(([, method = '', operation = '']) => [method, operation]));
}

/** What a function may have to be permitted, read off its calls. */
async function permissionsOf(name: FunctionName): Promise<string[]> {
  const source = await sourcesOf(name);
  const ecs = [...operations()].filter(([method]) => new RegExp(`\\b(ecs|assistant)\\.${method}\\b`).test(source));
  return [
    ...new Set(ecs.map(([, operation]) => `ecs:${operation}`)),
    ...(/services\.queue\(/.test(source) ? ['fc:InvokeFunction'] : []),
    ...(/\bqueue\.status\(/.test(source) ? ['fc:GetAsyncTask'] : []),
    ...(/\bqueue\.stop\(/.test(source) ? ['fc:StopAsyncTask'] : []),
    ...(/services\.ecs\(\w+(\.\w+)*, \w+/.test(source) ? ['sts:AssumeRole'] : []),
  ].sort();
}

describe('docs/policies', () => {
  test('the code says which operations it uses', () => {
    expect(Object.fromEntries(operations())).toEqual({
      detachKeyPair: 'DetachKeyPair',
      describeInstances: 'DescribeInstances',
      keyPairExists: 'DescribeKeyPairs',
      publicKeyOf: 'DescribeKeyPairs',
      describeKeyPairs: 'DescribeKeyPairs',
      describeRegions: 'DescribeRegions',
      rebootInstances: 'RebootInstances',
      runCommand: 'RunCommand',
      describeInvocations: 'DescribeInvocations',
      describeInvocationResults: 'DescribeInvocationResults',
      describeCloudAssistantStatus: 'DescribeCloudAssistantStatus',
    });
  });

  test.each(FUNCTIONS)('%s is permitted what its code calls, and no more', async (name) => {
    expect(actions(name, 'assume-role')).toEqual(await permissionsOf(name));
  });

  test.each([
    ['detach-key-pair', detachActions],
    ['reboot-instances', rebootActions],
    ['remove-public-key', removalActions],
  ] as const)(
    '%s asks of a role of another account for what its code calls there, and no more',
    async (name, asked) => {
      const there = (await permissionsOf(name)).filter(
        (one) => one.startsWith('ecs:') && one !== 'ecs:DescribeRegions',
      );
      expect(asked.map((one) => `ecs:${one}`).sort()).toEqual(there);
    },
  );

  test('the role of another account is permitted what both functions call on ECS', async () => {
    const both = [...(await permissionsOf('detach-key-pair')), ...(await permissionsOf('reboot-instances'))];
    // The regions are listed in the function's own account.
    const there = both.filter((name) => name.startsWith('ecs:') && name !== 'ecs:DescribeRegions');
    expect(actions('other-account-role')).toEqual([...new Set(there)].sort());
  });

  test('the role of another account is permitted to run the script by a policy of its own', async () => {
    const online = (await permissionsOf('remove-public-key')).filter((name) => name.startsWith('ecs:'));
    expect(actions('other-account-online')).toEqual(online);
  });

  test('the template of a stack group gives the role of another account just that policy', () => {
    const template = JSON.parse(readFileSync('docs/everywhere/member-role.json', 'utf8'));
    const policy = JSON.parse(readFileSync('docs/policies/other-account-role.json', 'utf8'));
    const { Policies, RoleName } = template.Resources.Role.Properties;
    expect(Policies).toEqual([{ PolicyName: RoleName, PolicyDocument: policy }]);
  });

  test('only remove-public-key may run commands', async () => {
    expect(actions('remove-public-key')).toContain('ecs:RunCommand');
    for (const name of ['detach-key-pair', 'reboot-instances', 'other-account-role', 'caller']) {
      expect(actions(name)).not.toContain('ecs:RunCommand');
    }
  });

  test('who runs setup is permitted what it calls, and no more', () => {
    const source = readFileSync('cli/setup/cloud.ts', 'utf8');
    const calls = [...source.matchAll(/\b(ram|callQueues)\('(\w+)'/g)].map(
      ([, service, action]) => `${service === 'ram' ? 'ram' : 'mns'}:${action}`,
    );
    expect(calls.length).toBeGreaterThan(10);
    expect(actions('setup')).toEqual([...new Set(calls)].sort());
  });

  test('no policy permits by wildcard', () => {
    const all = [
      'detach-key-pair',
      'reboot-instances',
      'assume-role',
      'other-account-role',
      'other-account-online',
      'on-failure',
      'caller',
      'remove-public-key',
    ];
    expect(
      actions(...all, 'deployer', 'setup', 'trust', 'other-account-trust').filter((name) => name.includes('*')),
    ).toEqual([]);
  });
});
