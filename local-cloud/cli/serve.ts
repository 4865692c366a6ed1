import path from 'node:path';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import type { TriggerAuth } from '../fc/trigger-auth.ts';
import { type Given, UsageError, wholeNumber } from './arguments.ts';
import { functionsIn } from './functions.ts';
import { EXAMPLES, readSeeds } from './seeds.ts';

/** The local cloud, kept up until it is interrupted; `folder` holds the built bundles. */
export async function serveLocalCloud(flags: Given, folder: string): Promise<void> {
  const functions = functionsIn(folder);
  const port = wholeNumber(flags, 'port', 9000, 65_535);
  const limit = wholeNumber(flags, 'throttle', 0);
  const edition = flags.get('edition') ?? 'fc3';
  if (edition !== 'fc3' && edition !== 'fc2') throw new UsageError('--edition takes fc3 or fc2');

  const cloud = await startLocalCloud({
    port,
    edition,
    functions,
    instances: readSeeds(flags),
    triggerAuth: readAuth(flags),
    latencyMs: wholeNumber(flags, 'latency', 20),
    rebootSeconds: wholeNumber(flags, 'reboot-seconds', 60),
    clock: { speed: Math.max(1, wholeNumber(flags, 'speed', 1)) },
    ...(limit > 0 && { throttle: { DetachKeyPair: { kind: 'window', limit, seconds: 60 } } }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new UsageError(`Port ${port} is in use: say another with --port ${port + 1}`);
  });
  const stop = () => {
    cloud.stop().finally(() => process.exit(0));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  console.log(banner(cloud, flags, folder));
  if (flags.has('log')) followLogs(Object.keys(functions), (name) => cloud.fc.logs(name));
}

function readAuth(flags: Given): TriggerAuth {
  const token = flags.get('bearer');
  if (flags.has('signed') && token !== undefined) throw new UsageError('--signed and --bearer exclude each other');
  if (token !== undefined) return { bearer: [token] };
  return flags.has('signed') ? 'function' : 'anonymous';
}

function banner(cloud: LocalCloud, flags: Given, folder: string): string {
  const trigger = cloud.fc.triggerUrl;
  const ids = cloud.ecs.bound().slice(0, 2);
  const body = { RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, InstanceIds: ids, Reboot: true };
  return `The local cloud is up. Stop it with Ctrl-C.

  portal and HTTP trigger  ${trigger}
  ECS API                  ${cloud.ecs.endpoint}
  Function Compute API     ${cloud.fc.endpoint}

Try it:

${ready(cloud, flags, JSON.stringify(body), folder)}

For the examples of README and docs, about ${EXAMPLES.keyPairName}:

  export URL=${trigger} TRIGGER_URL=${trigger}

To call ECS and Function Compute themselves, with the keys of this local cloud:

${variables(cloud)}
`;
}

/** A line that works as printed; a signed trigger is for programs, which sign with the keys of this cloud. */
function ready(cloud: LocalCloud, flags: Given, body: string, folder: string): string {
  if (flags.has('signed')) {
    const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
    const keys = `ALIBABA_CLOUD_ACCESS_KEY_ID=${accessKeyId} ALIBABA_CLOUD_ACCESS_KEY_SECRET=${accessKeySecret}`;
    const what = `--url ${cloud.fc.triggerUrl} --region ${cloud.regionId} --key-pair ${cloud.keyPairName} --all`;
    return `  ${keys} \\\n    node ${path.join(folder, 'cli/index.js')} dry-run ${what}`;
  }
  const token = flags.get('bearer');
  const authorization = token === undefined ? '' : ` -H 'authorization: Bearer ${token.replaceAll("'", `'\\''`)}'`;
  return `  curl -s ${cloud.fc.triggerUrl}${authorization} -H 'content-type: application/json' -d '${body}'`;
}

/** What the tools of Alibaba Cloud read, and where the local services are. */
function variables({ ecs, fc, sts }: LocalCloud): string {
  const { accessKeyId, accessKeySecret } = ecs.credentials;
  return [
    `  export ALIBABA_CLOUD_ACCESS_KEY_ID=${accessKeyId} ALIBABA_CLOUD_ACCESS_KEY_SECRET=${accessKeySecret}`,
    `  export ECS_ENDPOINT=${ecs.endpoint} FC_ENDPOINT=${fc.endpoint} STS_ENDPOINT=${sts.endpoint}`,
    `  export NODE_EXTRA_CA_CERTS=${sts.caFile}`,
  ].join('\n');
}

/** Lines appear as the functions write them. */
function followLogs(names: readonly string[], logsOf: (name: string) => readonly string[]): void {
  const shown = new Map<string, number>();
  setInterval(() => {
    for (const name of names) {
      const lines = logsOf(name);
      for (const line of lines.slice(shown.get(name) ?? 0)) console.log(line);
      shown.set(name, lines.length);
    }
  }, 200);
}
