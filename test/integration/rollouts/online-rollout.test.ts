import { afterEach, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { ABSENT } from '../../../local-cloud/ecs/assistant/agent.ts';
import { bundledCloud, post, rebootTasks } from '../../support/bundled-cloud.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const NEVER_BACK = 10_000_000;

/** The instances, of which the first two never come back from a restart. */
async function start(
  instances: number,
  absent: (k: number) => boolean,
  stopped: (k: number) => boolean = () => false,
): Promise<string[]> {
  const seeds = Array.from({ length: instances }, (_, k) => ({
    instanceId: `i-bp1online${String(k).padStart(12, '0')}`,
    ...(k < 2 && { rebootSeconds: NEVER_BACK }),
    ...(stopped(k) && { status: 'Stopped' as const }),
  }));
  cloud = await bundledCloud({ instances: seeds });
  const ids = seeds.map(({ instanceId }) => instanceId);
  for (const id of ids.filter((_, k) => absent(k))) cloud.ecs.assistant.setAgent(id, ABSENT);
  return ids;
}

async function rollOut(InstanceIds: readonly string[], BatchSize: number): Promise<void> {
  const Reboot = { BatchSize, MaxErrors: 1, HealthTimeoutSeconds: 60 };
  await post(cloud, { InstanceIds, Online: true, Reboot });
  await cloud.fc.drain();
}

const reboots = () => cloud.ecs.instances().map((instance) => instance.reboots.length);

it('watches when restarts take the place of removals', async () => {
  // The third wave is taken care of online, and runs on as it did.
  await rollOut(await start(8, (k) => k < 4 || k > 5), 2);
  expect(rebootTasks(cloud).filter(({ id }) => !/-\d+$/.test(id))).toHaveLength(3);
  expect(reboots()).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  const failures = cloud.fc.failures.filter(({ requestPayload }) => requestPayload.includes('"ForceReboot"'));
  const halted = failures.filter(({ responsePayload }) => responsePayload.includes('NotBack'));
  expect(halted).toHaveLength(1);
});

it('watches the waves of other messages too', async () => {
  await rollOut(await start(53, () => true), 51);
  expect(cloud.fc.tasks.filter(({ function: name }) => name === 'remove-public-key')).toHaveLength(2);
  expect(reboots()).toEqual([...Array(51).fill(1), 0, 0]);
});

it('takes what is proven clean there for no error', async () => {
  // No script runs on one that is stopped: it is neither restarted nor looked at.
  const ids = await start(
    53,
    (k) => k > 50,
    (k) => k > 5 && k <= 50,
  );
  await rollOut(ids, 51);
  expect(reboots()).toEqual([...Array(51).fill(0), 1, 1]);
});
