import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { ABSENT } from '../../local-cloud/ecs/assistant/agent.ts';
import { publicKeyFor } from '../../local-cloud/ecs/key-pairs.ts';
import { programs, TARGET } from './program.ts';

const { open, run } = programs();

const ALL = ['--all', '--yes'] as const;
const ROLE = 'acs:ram::2000000000000000:role/detacher';
const OTHER = `${publicKeyFor('other-key')} other\n`;

/** What each instance has in root's authorized_keys. */
function keysOf(cloud: LocalCloud) {
  return cloud.ecs
    .instances()
    .map(({ instanceId }) => join(cloud.ecs.assistant.treeOf(instanceId), 'root/.ssh/authorized_keys'))
    .map((file) => readFileSync(file, 'utf8'));
}

function addOtherKey(cloud: LocalCloud): void {
  for (const { instanceId } of cloud.ecs.instances()) {
    const file = join(cloud.ecs.assistant.treeOf(instanceId), 'root/.ssh/authorized_keys');
    writeFileSync(file, OTHER + readFileSync(file, 'utf8'));
  }
}

test('--online hands the removal to remove-public-key, which takes the key out of the files', async () => {
  const cloud = await open({ instances: 3 });
  addOtherKey(cloud);

  const looked = await run(['dry-run', ...TARGET, '--all', '--online']);
  expect(looked.code).toBe(0);
  const items: { Online: string }[] = JSON.parse(looked.stdout).Results.Result;
  expect(items.map(({ Online }) => Online)).toEqual(['Reachable', 'Reachable', 'Reachable']);

  const { code, stdout } = await run(['detach', ...TARGET, ...ALL, '--online', '--close-sessions']);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ FailCount: '0', Online: { TotalCount: '3', FailCount: '0' } });
  await cloud.fc.drain();
  expect(keysOf(cloud)).toEqual([OTHER, OTHER, OTHER]);
  expect(cloud.ecs.instances().flatMap(({ reboots }) => reboots)).toEqual([]);
  const [removal] = cloud.fc.tasks.filter(({ id }) => id.startsWith('remove-'));
  expect(JSON.parse(removal?.payload ?? '')).toMatchObject({ Sessions: 'Close' });
});

test('--direct --online takes the key out itself, and restarts what was not proven clean', async () => {
  const cloud = await open({ instances: 3, rebootSeconds: 1 });
  addOtherKey(cloud);
  const [, offline] = cloud.ecs.instances();
  cloud.ecs.assistant.setAgent(offline?.instanceId ?? '', ABSENT);

  const { code, stdout, stderr } = await run([
    'detach',
    ...TARGET,
    ...ALL,
    '--direct',
    '--online',
    '--reboot',
    '--interval',
    '0',
  ]);

  expect(keysOf(cloud).map((text) => text === OTHER)).toEqual([true, false, true]);
  expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual([0, 1, 0]);
  expect(stderr).toContain(`a removal failed: ${offline?.instanceId} CloudAssistant.Offline`);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    FailedTasks: [{ Message: expect.stringContaining('CloudAssistant.Offline') }],
  });
  expect(cloud.fc.calls).toEqual([]);
});

test.each([
  ['through the function', []],
  ['with --direct', ['--direct']],
])('--role-arn acts in the account of that role, %s, and in no other', async (_, how) => {
  const cloud = await open({
    instances: 2,
    rebootSeconds: 1,
    detach: { environment: { ALLOWED_ROLE_ARNS: ROLE } },
    reboot: { environment: { ALLOWED_ROLE_ARNS: ROLE } },
  });
  cloud.sts.addRole({ roleArn: ROLE, instances: 3 });

  const { code, stdout } = await run(['detach', ...TARGET, ...ALL, '--role-arn', ROLE, '--reboot', ...how]);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '3', FailCount: '0', Reboot: { TotalCount: '3' } });
  await cloud.fc.drain();
  expect(cloud.ecs.bound('leaked-key', '2000000000000000')).toEqual([]);
  expect(cloud.ecs.bound()).toHaveLength(2);
  const restarts = (account?: string) => cloud.ecs.instances(account).map(({ reboots }) => reboots.length);
  expect(restarts('2000000000000000')).toEqual([1, 1, 1]);
  expect(restarts()).toEqual([0, 0]);
});

test('--role-arn that the function does not allow is refused, and nothing is changed', async () => {
  const cloud = await open({ instances: 1 });
  cloud.sts.addRole({ roleArn: ROLE, instances: 1 });

  const { code, stdout } = await run(['detach', ...TARGET, ...ALL, '--role-arn', ROLE]);

  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ Code: 'Forbidden.RoleArn' });
  expect(cloud.ecs.bound('leaked-key', '2000000000000000')).toHaveLength(1);
});
