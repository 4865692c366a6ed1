import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import { readFlags, runCommand, UsageError, wholeNumber } from './arguments.ts';
import { FUNCTIONS } from './functions.ts';

const FLAGS = {
  instances: 'how many instances are asked for (120)',
  bad: 'how many of them do not exist (0)',
  reboot: 'restart them in waves of 100',
};

/** One real request through the built bundle: the answer on stdout, what happened on stderr. */
async function demo(): Promise<void> {
  const flags = readFlags(FLAGS, ['reboot']);
  const instances = wholeNumber(flags, 'instances', 120);
  const bad = wholeNumber(flags, 'bad', 0);
  if (instances < 1 || instances > 100_000) throw new UsageError('--instances takes 1 to 100000');
  if (bad > instances) throw new UsageError('--bad cannot be more than --instances');

  console.error(`Starting the local cloud: ${instances - bad} instances with the key pair "leaked-key" ...`);
  const cloud = await startLocalCloud({ instances: instances - bad, functions: FUNCTIONS, latencyMs: 20 });
  try {
    console.log(JSON.stringify(await request(cloud, bad, flags.has('reboot')), null, 2));
    if (flags.has('reboot')) await watchReboots(cloud);
    report(cloud);
  } finally {
    await cloud.stop();
  }
}

async function request(cloud: LocalCloud, bad: number, reboot: boolean): Promise<unknown> {
  const nowhere = Array.from({ length: bad }, (_, n) => `i-bp1nosuchinstance${String(n).padStart(5, '0')}`);
  const body = {
    RegionId: cloud.regionId,
    KeyPairName: cloud.keyPairName,
    InstanceIds: [...cloud.ecs.bound(), ...nowhere],
    ...(reboot && { Reboot: { IntervalSeconds: intervalFor(cloud.ecs.bound().length + bad) } }),
  };
  console.error(`POST ${cloud.fc.triggerUrl}`);
  const startedAt = Date.now();
  const response = await fetch(cloud.fc.triggerUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  console.error(`HTTP ${response.status} after ${Date.now() - startedAt} ms, the function's cold start included`);
  if (!response.ok) process.exitCode = 1;
  return answer;
}

/** A restart takes a minute here: 90 seconds keep the waves apart, as long as the last one starts within the hour. */
function intervalFor(instances: number): number {
  const pauses = Math.ceil(instances / 100) - 1;
  return Math.min(90, Math.floor(3600 / Math.max(1, pauses)));
}

async function watchReboots(cloud: LocalCloud): Promise<void> {
  console.error(`${cloud.fc.tasks.length} reboot tasks queued; running them, the local cloud's clock moved on ...`);
  await cloud.fc.drain();
  const restarted = cloud.ecs.instances().filter(({ reboots }) => reboots.length === 1).length;
  console.error(
    `The local cloud's own state: ${restarted} instances restarted once, at most ${cloud.maxDownAtOnce()} down at once`,
  );
}

function report(cloud: LocalCloud): void {
  const left = cloud.ecs.bound().length;
  const all = cloud.ecs.instances().length;
  const calls = cloud.ecs.callsOf('DetachKeyPair').length;
  console.error(
    `The local cloud's own state: ${all - left} of ${all} instances detached, by ${calls} calls of DetachKeyPair`,
  );
  if (left > 0) process.exitCode = 1;
}

runCommand(demo);
