import type { Config } from '../config/config.ts';
import type { Credentials } from '../config/credentials.ts';
import { CallError } from '../ecs/call-error.ts';
import type { CloudAssistant } from '../ecs/cloud-assistant.ts';
import type { Ecs } from '../ecs/ecs.ts';
import type { Context } from '../fc/context.ts';
import type { TaskQueue } from '../fc/task-queue.ts';
import { createCallLimits } from '../retry/call-limit.ts';
import { type AssumeRole, assumeRole } from './assume-role.ts';
import { createEcs } from './ecs.ts';
import { createEcsCall } from './ecs-call.ts';
import { createQueue as createFc2Queue } from './fc2.ts';
import { createQueue as createFc3Queue } from './fc3.ts';
import { ownCredentials } from './own-credentials.ts';

type Where = { readonly regionId: string; readonly roleArn: string | undefined };

/** The services as one invocation may use them. */
export type Services = {
  /** ECS of a region, in the role's account when there is a role. Throws `CallError` when STS gives none in time. */
  ecs(where: Where, timeoutMs: number): Promise<Ecs>;
  /** The same for Cloud Assistant. */
  cloudAssistant(where: Where, timeoutMs: number): Promise<CloudAssistant>;
  /** FC's queue of a function, always in this function's own account and region. */
  queue(of: QueueOf): Promise<TaskQueue>;
};

/** The function that reboots, the one that removes keys, or the one that runs. */
export type QueueOf = 'reboots' | 'removals' | 'itself';

/** `ecsActions`: all that a session of another account's role may call of ECS. */
export function connect(config: Config, context: Context, ecsActions?: readonly string[]): Services {
  const own = ownCredentials(config, context);
  const assumed = new Map<string, Promise<Credentials>>();
  const limitFor = createCallLimits();

  /** One call of STS for all regions of an account, however many ask at once. A failed one is made again by the next. */
  function credentialsOf(roleArn: string, timeoutMs: number): Promise<Credentials> {
    const known = assumed.get(roleArn);
    if (known) return known;
    const assuming = assume({ ...roleOf(roleArn, config, context), ecsActions }, timeoutMs);
    assumed.set(roleArn, assuming);
    assuming.catch(() => assumed.delete(roleArn));
    return assuming;
  }

  async function assume(role: AssumeRole, timeoutMs: number): Promise<Credentials> {
    const credentials = await own.get();
    try {
      return await assumeRole(credentials, role, timeoutMs);
    } catch (error) {
      const other = error instanceof CallError ? own.replace(credentials, error) : undefined;
      if (!other) throw error;
      return assumeRole(other, role, timeoutMs);
    }
  }

  async function optionsFor({ regionId, roleArn }: Where, timeoutMs: number) {
    // ECS counts by account, region and operation.
    const limitOf = (action: string) => limitFor(`${roleArn}/${regionId}/${action}`);
    const where = { regionId, endpoint: config.ecsEndpoint, limitOf };
    if (roleArn) return { ...where, credentials: await credentialsOf(roleArn, timeoutMs) };
    return { ...where, credentials: await own.get(), replace: own.replace };
  }

  return {
    ecs: async (where, timeoutMs) => createEcs(await optionsFor(where, timeoutMs)),
    async cloudAssistant(where, timeoutMs) {
      const { createCloudAssistant } = await import('./cloud-assistant.ts');
      return createCloudAssistant(createEcsCall(await optionsFor(where, timeoutMs)));
    },
    async queue(of) {
      const { accountId, region } = context;
      const [functionName, service] = targetOf(of, config);
      const options = { credentials: await own.get(), accountId, region, endpoint: config.fcEndpoint, functionName };
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

function roleOf(roleArn: string, config: Config, { requestId }: Context): Omit<AssumeRole, 'ecsActions'> {
  return {
    roleArn,
    // RAM takes 2 to 64 of these characters.
    sessionName: `fc-detach-key-pair-${requestId.replace(/[^\w.@-]/g, '-')}`.slice(0, 64),
    externalId: config.roleExternalId,
    stsEndpoint: config.stsEndpoint,
  };
}
