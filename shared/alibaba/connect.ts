import type { Config } from '../config/config.ts';
import { type Credentials, requireCredentials } from '../config/credentials.ts';
import type { CloudAssistant } from '../ecs/cloud-assistant.ts';
import type { Ecs } from '../ecs/ecs.ts';
import type { Context } from '../fc/context.ts';
import type { TaskQueue } from '../fc/task-queue.ts';
import { type AssumeRole, assumeRole } from './assume-role.ts';
import { createCloudAssistant } from './cloud-assistant.ts';
import { defaultCredentials } from './default-credentials.ts';
import { createEcs } from './ecs.ts';
import { createQueue as createFc2Queue } from './fc2.ts';
import { createQueue as createFc3Queue } from './fc3.ts';

/** The services as one invocation may use them. */
export type Services = {
  /** ECS of a region, in the role's account when there is a role. Throws `CallError` when STS gives none in time. */
  ecs(where: { regionId: string; roleArn: string | undefined }, timeoutMs: number): Promise<Ecs>;
  /** The same for Cloud Assistant. */
  cloudAssistant(where: { regionId: string; roleArn: string | undefined }, timeoutMs: number): Promise<CloudAssistant>;
  /** FC's queue of a function, always in this function's own account and region. */
  queue(of: QueueOf): Promise<TaskQueue>;
};

/** The function that reboots, the one that removes keys, or the one that runs. */
export type QueueOf = 'reboots' | 'removals' | 'itself';

export function connect(config: Config, context: Context): Services {
  // Resolved once, before anything fans out: the default chain rejects concurrent first calls.
  let resolved: Promise<Credentials> | undefined;
  const own = () => {
    resolved ??= ownCredentials(config, context);
    return resolved;
  };
  const credentialsFor = async (roleArn: string | undefined, timeoutMs: number) =>
    roleArn ? assumeRole(await own(), roleOf(roleArn, config, context), timeoutMs) : own();
  return {
    async ecs({ regionId, roleArn }, timeoutMs) {
      const credentials = await credentialsFor(roleArn, timeoutMs);
      return createEcs({ regionId, credentials, endpoint: config.ecsEndpoint });
    },
    async cloudAssistant({ regionId, roleArn }, timeoutMs) {
      const credentials = await credentialsFor(roleArn, timeoutMs);
      return createCloudAssistant({ regionId, credentials, endpoint: config.ecsEndpoint });
    },
    async queue(of) {
      const { accountId, region } = context;
      const [functionName, service] = targetOf(of, config);
      const options = { credentials: await own(), accountId, region, endpoint: config.fcEndpoint, functionName };
      if (!config.serviceName) return createFc3Queue(options);
      return createFc2Queue({ ...options, serviceName: service ?? config.serviceName });
    },
  };
}

function targetOf(of: QueueOf, config: Config): readonly [functionName: string, service?: string | undefined] {
  if (of === 'itself') return [config.functionName];
  if (of === 'removals') return [config.removeFunctionName, config.removeServiceName];
  return [config.rebootFunctionName, config.rebootServiceName];
}

async function ownCredentials(config: Config, context: Context): Promise<Credentials> {
  const given = config.credentials ?? context.credentials ?? (config.insideFc ? undefined : await defaultCredentials());
  return requireCredentials(given, 'the function has no role: set `role` in s.yaml');
}

function roleOf(roleArn: string, config: Config, { requestId }: Context): AssumeRole {
  return {
    roleArn,
    // RAM takes 2 to 64 of these characters.
    sessionName: `fc-detach-key-pair-${requestId.replace(/[^\w.@-]/g, '-')}`.slice(0, 64),
    externalId: config.roleExternalId,
    stsEndpoint: config.stsEndpoint,
  };
}
