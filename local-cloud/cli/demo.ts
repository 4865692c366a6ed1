import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { FunctionOptions } from '../fc/settings.ts';
import { readFlags, runCommand, UsageError, wholeNumber } from './arguments.ts';
import { functionsIn } from './functions.ts';

const FLAGS = {
  instances: 'how many instances are asked for (120)',
  bad: 'how many of them do not exist (0)',
  reboot: 'restart them in waves of 100',
  all: 'list every instance in the answer, not only those that failed',
};

/** MAX_INSTANCES, as s.yaml leaves it. */
const USUAL_LIMIT = 10_000;

type Asked = { readonly instances: number; readonly bad: number; readonly reboot: boolean; readonly all: boolean };

/** One real request through the built bundle: the answer on stdout, what happened on stderr. */
async function demo(): Promise<void> {
  const asked = readAsked();
  const { instances, bad, reboot } = asked;
  console.error(`Starting the local cloud: ${instances - bad} instances with the key pair "leaked-key" ...`);
  const functions = withRoomFor(instances, functionsIn('dist'));
  const cloud = await startLocalCloud({ instances: instances - bad, functions, latencyMs: 20 });
  try {
    const { answer, isOk, tookMs } = await request(cloud, asked);
    console.log(JSON.stringify(answer, null, 2));
    if (reboot) await watchReboots(cloud);
    const detached = instances - bad - cloud.ecs.bound().length;
    const calls = cloud.ecs.callsOf('DetachKeyPair').length;
    console.error(
      `${instances} asked, ${detached} detached, ${instances - detached} failed, by ${calls} calls of DetachKeyPair, in ${(tookMs / 1000).toFixed(2)} s`,
    );
    if (!isOk || detached < instances - bad) process.exitCode = 1;
  } finally {
    await cloud.stop();
  }
}

function readAsked(): Asked {
  const flags = readFlags(FLAGS, ['reboot', 'all']);
  const instances = wholeNumber(flags, 'instances', 120);
  const bad = wholeNumber(flags, 'bad', 0);
  if (instances < 1 || instances > 100_000) throw new UsageError('--instances takes 1 to 100000');
  if (bad > instances) throw new UsageError('--bad cannot be more than --instances');
  return { instances, bad, reboot: flags.has('reboot'), all: flags.has('all') };
}

function withRoomFor(instances: number, functions: Record<string, FunctionOptions>): Record<string, FunctionOptions> {
  const detach = functions['detach-key-pair'];
  if (instances <= USUAL_LIMIT || !detach) return functions;
  console.error(`MAX_INSTANCES is raised to ${instances}; deployed without it, ${USUAL_LIMIT} are the most.`);
  const environment = { ...detach.environment, MAX_INSTANCES: String(instances) };
  return { ...functions, 'detach-key-pair': { ...detach, environment } };
}

async function request(cloud: LocalCloud, { instances, bad, reboot, all }: Asked) {
  const nowhere = Array.from({ length: bad }, (_, n) => `i-bp1nosuchinstance${String(n).padStart(5, '0')}`);
  const body = {
    RegionId: cloud.regionId,
    KeyPairName: cloud.keyPairName,
    InstanceIds: [...cloud.ecs.bound(), ...nowhere],
    ReturnResults: all ? 'All' : 'Failed',
    ...(reboot && { Reboot: { IntervalSeconds: intervalFor(instances) } }),
  };
  console.error(`POST ${cloud.fc.triggerUrl}`);
  const startedAt = Date.now();
  const response = await fetch(cloud.fc.triggerUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  const tookMs = Date.now() - startedAt;
  console.error(`HTTP ${response.status} after ${tookMs} ms, the function's cold start included`);
  return { answer, isOk: response.ok, tookMs };
}

/** A restart takes a minute here: 90 seconds keep the waves apart, as long as the last one starts within a day. */
function intervalFor(instances: number): number {
  const pauses = Math.ceil(instances / 100) - 1;
  return Math.min(90, Math.floor(86_400 / Math.max(1, pauses)));
}

async function watchReboots(cloud: LocalCloud): Promise<void> {
  const waves = cloud.fc.tasks.filter((task) => task.function === 'reboot-instances').length;
  console.error(`${waves} waves of restarts queued; running them, the local cloud's clock moved on ...`);
  await cloud.fc.drain();
  const restarted = cloud.ecs.instances().filter(({ reboots }) => reboots.length === 1).length;
  console.error(`${restarted} instances restarted once, at most ${cloud.maxDownAtOnce()} down at once`);
}

runCommand(demo);
