import { spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { ABSENT } from '../../../local-cloud/ecs/assistant/agent.ts';
import type { InstanceSeed } from '../../../local-cloud/ecs/instance.ts';
import { publicKeyFor } from '../../../local-cloud/ecs/key-pairs.ts';
import { recordOf } from '../../../shared/record.ts';
import { bundledCloud, post } from '../../support/bundled-cloud.ts';

/** A multiple of 20. The whole of it: `TEST_ONLINE=500 npx vitest run test/integration/end-to-end/online.test.ts`. */
const INSTANCES = Number(process.env['TEST_ONLINE'] ?? 140);
/** Instances a message. */
const MESSAGE = 100;
/** Some more, that no script can run on. */
const STOPPED = 5;
const WINDOWS = 3;

let cloud: LocalCloud;
afterEach(() => cloud?.stop());

const LEAKED = publicKeyFor('leaked-key');
const OTHER = publicKeyFor('other-key');
const BLOB = LEAKED.split(' ')[1] ?? '';

const treeOf = (id: string) => cloud.ecs.assistant.treeOf(id);

function write(id: string, path: string, text: string): void {
  const file = join(treeOf(id), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Where the key can be, but for root's own file. */
const PLACES: readonly ((id: string) => void)[] = [
  (id) => write(id, 'root/.ssh/authorized_keys2', `${OTHER}\n${LEAKED}\n`),
  (id) => write(id, 'home/ecs-user/.ssh/authorized_keys', `no-pty,command="a \\"b" ${LEAKED}`),
  (id) => write(id, 'home/gone/.ssh/authorized_keys', `${LEAKED}\r\n${OTHER}\r\n`),
  (id) => {
    write(id, 'etc/ssh/sshd_config', 'AuthorizedKeysFile /etc/ssh/keys/%u\n');
    write(id, 'etc/ssh/keys/root', `from="10.0.0.0/8" ${LEAKED}\n`);
  },
  (id) => {
    write(id, 'etc/ssh/sshd_config', 'Include more.d/*\n');
    write(id, 'etc/ssh/more.d/a', 'Match User root\n  AuthorizedKeysFile %h/keys\n');
    write(id, 'root/keys', `\t${LEAKED}\n`);
  },
  (id) => {
    write(id, 'srv/keys', `${LEAKED}\n${OTHER}\n`);
    rmSync(join(treeOf(id), 'root/.ssh/authorized_keys'));
    symlinkSync('../../srv/keys', join(treeOf(id), 'root/.ssh/authorized_keys'));
  },
  (id) => linkSync(join(treeOf(id), 'root/.ssh/authorized_keys'), join(treeOf(id), 'root/second-name')),
  (id) => {
    write(id, 'etc/passwd', 'root:x:0:0::/root:/bin/sh\nbackup:x:34:34::/srv/backup:/usr/sbin/nologin\n');
    write(id, 'srv/backup/.ssh/authorized_keys', `${LEAKED}\n`);
  },
  (id) => write(id, 'root/.ssh/authorized_keys', `${OTHER}\n${LEAKED}\n# ${OTHER}\n${LEAKED} again`),
  (id) => write(id, 'root/.ssh/authorized_keys', `${OTHER}\n`),
];

/** A file that nothing can be written to: immutable for root, in a folder without rights for another user. */
function makeUnwritable(id: string): () => void {
  const file = join(treeOf(id), 'root/.ssh/authorized_keys');
  if (process.getuid?.() === 0 && spawnSync('chattr', ['+i', file]).status === 0) {
    return () => spawnSync('chattr', ['-i', file]);
  }
  chmodSync(file, 0o400);
  chmodSync(dirname(file), 0o500);
  return () => chmodSync(dirname(file), 0o700);
}

/** Whether any file of the instance has the key. */
function hasKey(id: string): boolean {
  const entries = readdirSync(treeOf(id), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(BLOB));
}

type Item = { InstanceId: string; Code: string; Action: string };

it('takes the key out of all instances without a restart, and restarts exactly those that are not proven clean', async () => {
  const many = (count: number, seed: InstanceSeed = {}) => Array.from({ length: count }, () => seed);
  cloud = await bundledCloud({
    instances: [
      ...many(INSTANCES - STOPPED - WINDOWS),
      ...many(STOPPED, { status: 'Stopped' }),
      ...many(WINDOWS, { osType: 'windows' }),
    ],
    // 500 instances have 500 processors, and share this machine's here: the cloud's clock runs slowly beside them. Its
    // 60 seconds are the 600 of the wait below. The function's own clock does not: it waits longer for the script.
    clock: { speed: 0.1 },
    remove: { maxAsyncRetryAttempts: 0, maxInstances: 5 },
    switches: { windowsInstance: 'item' },
  });
  const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
  // Spread over all messages.
  const well = ids.slice(0, INSTANCES - 20);
  const some = (count: number, from: number) =>
    well.filter((_, k) => k % Math.floor(well.length / count) === from).slice(0, count);
  const offline = some(20, 3);
  const unwritable = some(2, 5);
  const unusual = some(10, 7);
  for (const id of offline) cloud.ecs.assistant.setAgent(id, ABSENT);
  for (const [k, id] of unusual.entries()) PLACES[k]?.(id);
  const undo = unwritable.map(makeUnwritable);
  try {
    const askedAt = cloud.clock.now();
    const { status, body } = await post(cloud, {
      InstanceIds: ids,
      Online: { TimeoutSeconds: 300 },
      Reboot: { BatchSize: 50 },
    });

    expect({ status, failed: body.FailCount }).toEqual({ status: 200, failed: String(WINDOWS) });
    expect(body['Reboot']).toBeUndefined();
    expect(body['Online']).toMatchObject({ TotalCount: String(INSTANCES - WINDOWS), FailCount: '0' });

    const removals = () => cloud.fc.tasks.filter(({ id }) => id.startsWith('remove-'));
    await expect
      .poll(() => removals().map((task) => task.status), { timeout: 600_000, interval: 200 })
      .toEqual(
        Array.from({ length: Math.ceil(INSTANCES / MESSAGE) }, () => expect.stringMatching(/^(Succeeded|Failed)$/)),
      );
    expect(cloud.clock.now() - askedAt).toBeLessThan(60_000);

    const items: Item[] = cloud.fc.failures.flatMap(({ responsePayload }) => itemsOf(responsePayload));
    const proven = items.filter(({ Action }) => Action === 'Removed' || Action === 'Clean');
    expect(proven.length).toBeGreaterThanOrEqual(INSTANCES - 40);
    for (const { InstanceId } of proven) expect([InstanceId, hasKey(InstanceId)]).toEqual([InstanceId, false]);
    const idsOf = (code: string) => items.filter(({ Code }) => Code === code).map(({ InstanceId }) => InstanceId);
    expect(idsOf('CloudAssistant.Offline').sort()).toEqual([...offline].sort());
    expect(idsOf('Unreadable').sort()).toEqual([...unwritable].sort());
    for (const id of unwritable) expect(hasKey(id)).toBe(true);
    expect(items.filter(({ Action }) => Action === 'Skipped.Stopped').length).toBe(STOPPED);

    await cloud.fc.drain();
    const restarted = cloud.ecs.instances().filter(({ reboots }) => reboots.length > 0);
    expect(restarted.map(({ instanceId }) => instanceId).sort()).toEqual([...offline, ...unwritable].sort());
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(50 + STOPPED);
  } finally {
    for (const step of undo) step();
  }
}, 900_000);

function itemsOf(payload: unknown): Item[] {
  const { errorMessage } = recordOf(typeof payload === 'string' ? JSON.parse(payload) : payload);
  return JSON.parse(String(errorMessage)).Results.Result;
}
