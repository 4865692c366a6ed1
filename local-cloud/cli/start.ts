import { startLocalCloud } from '../cloud.ts';
import { readFlags, runCommand, UsageError, wholeNumber } from './arguments.ts';
import { FUNCTIONS } from './functions.ts';

const FLAGS = {
  port: 'of the HTTP trigger (9000)',
  instances: 'how many there are, all with the key pair "leaked-key" (120)',
  latency: 'milliseconds that each ECS call takes (20)',
  'reboot-seconds': 'how long a restart takes (60)',
  speed: "seconds of the local cloud's clock per real second (1)",
  throttle: 'DetachKeyPair calls that ECS takes in a minute (no limit)',
  edition: 'fc3 or fc2 (fc3)',
  log: 'show the log lines of the functions',
};

/** The local cloud, kept up until it is interrupted. */
async function start(): Promise<void> {
  const flags = readFlags(FLAGS, ['log']);
  const port = wholeNumber(flags, 'port', 9000);
  const instances = wholeNumber(flags, 'instances', 120);
  const limit = wholeNumber(flags, 'throttle', 0);
  const edition = flags.get('edition') ?? 'fc3';
  if (edition !== 'fc3' && edition !== 'fc2') throw new UsageError('--edition takes fc3 or fc2');

  const cloud = await startLocalCloud({
    port,
    instances,
    edition,
    functions: FUNCTIONS,
    latencyMs: wholeNumber(flags, 'latency', 20),
    rebootSeconds: wholeNumber(flags, 'reboot-seconds', 60),
    clock: { speed: Math.max(1, wholeNumber(flags, 'speed', 1)) },
    ...(limit > 0 && { throttle: { DetachKeyPair: { kind: 'window', limit, seconds: 60 } } }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new UsageError(`Port ${port} is in use: say another with \`npm start -- --port 9001\``);
  });
  console.log(banner(cloud.fc.triggerUrl, cloud.ecs.endpoint, cloud.fc.endpoint, cloud.ecs.bound().slice(0, 2)));
  if (flags.has('log')) followLogs(cloud.fc.logs.bind(cloud.fc));

  const stop = () => {
    cloud.stop().finally(() => process.exit(0));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

function banner(trigger: string, ecs: string, fc: string, ids: readonly string[]): string {
  const body = JSON.stringify({ RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: ids, Reboot: true });
  return `The local cloud is up. Stop it with Ctrl-C.

  portal and HTTP trigger  ${trigger}
  ECS API                  ${ecs}
  Function Compute API     ${fc}

Try it:

  curl -s ${trigger} -H 'content-type: application/json' -d '${body}'
`;
}

/** Lines appear as the functions write them. */
function followLogs(logsOf: (name: string) => readonly string[]): void {
  const shown = new Map<string, number>();
  setInterval(() => {
    for (const name of Object.keys(FUNCTIONS)) {
      const lines = logsOf(name);
      for (const line of lines.slice(shown.get(name) ?? 0)) console.log(line);
      shown.set(name, lines.length);
    }
  }, 200);
}

runCommand(start);
