import type { Environment } from '../shared/config/config.ts';
import type { Carrier } from './commands/detach.ts';
import { readSecret } from './read-list.ts';
import { RefusedError, UsageError } from './terminal.ts';
import { accountIdOf, personalCredentials } from './transport/account.ts';
import { byFunction } from './transport/by-function.ts';
import { byBearer, bySignedUrl } from './transport/by-url.ts';
import { direct } from './transport/direct.ts';
import type { OwnTask } from './transport/process-queue.ts';
import type { Send } from './transport/transport.ts';

/** The options that say where a request is carried out. */
export type CarrierOptions = {
  readonly function?: string;
  readonly fcRegion?: string;
  readonly accountId?: string;
  readonly fcEndpoint?: string;
  readonly url?: string;
  readonly bearer?: string;
  readonly direct?: boolean;
  readonly region?: string;
  readonly roleArn?: string;
  readonly debug?: boolean;
};

export type Carrying = {
  readonly variables: Environment;
  readonly debug: (line: string) => void;
  readonly kept: readonly OwnTask[];
  readonly keep: (tasks: readonly OwnTask[]) => void;
};

/** Options → what carries requests out: the function, a trigger's URL, or this process. Throws `UsageError`. */
export async function carrierOf(options: CarrierOptions, carrying: Carrying): Promise<Carrier> {
  const { url, bearer, direct: isDirect } = options;
  const ways = [options.function !== undefined, url !== undefined, isDirect === true].filter(Boolean);
  if (ways.length > 1) throw new UsageError('--function, --url and --direct exclude each other');
  if (bearer !== undefined && url === undefined) throw new UsageError('--bearer goes with --url');
  if (isDirect) return directly(options, carrying);
  const send = url === undefined ? await byName(options) : await byUrl(url, bearer);
  return { send, tasks: () => [], finish: async () => [] };
}

async function byUrl(url: string, bearer: string | undefined): Promise<Send> {
  if (bearer !== undefined) return byBearer(url, readSecret(bearer, '--bearer'));
  return bySignedUrl(url, await personalCredentials());
}

async function byName({ function: name = 'detach-key-pair', fcRegion, region, accountId, fcEndpoint }: CarrierOptions) {
  const place = fcRegion ?? (region && /^[a-z0-9-]+$/.test(region) ? region : undefined);
  if (place === undefined) throw new UsageError('--fc-region is missing: the region in which the function is deployed');
  const credentials = await personalCredentials();
  const account = async () => accountId ?? (await accountIdOf(credentials, `https://sts.${place}.aliyuncs.com`));
  const endpoint = fcEndpoint ?? `https://${await account()}.${place}.fc.aliyuncs.com`;
  return byFunction({ name, endpoint }, credentials);
}

/** Settings of a deployed function that this process has no use for must not come from the person's shell. */
const PASSED_ON = [
  'ECS_ENDPOINT',
  'STS_ENDPOINT',
  'ECS_TIMEOUT_MS',
  'DETACH_CONCURRENCY',
  'ROLE_EXTERNAL_ID',
  'NODE_EXTRA_CA_CERTS',
];

async function directly({ roleArn }: CarrierOptions, { variables, debug, kept, keep }: Carrying): Promise<Carrier> {
  const { accessKeyId, accessKeySecret, securityToken } = await personalCredentials();
  if (roleArn === '*') throw new UsageError("--role-arn '*' needs a function, which knows the roles: name them");
  const settings = Object.fromEntries(PASSED_ON.map((name) => [name, variables[name]]));
  const own = direct(
    {
      ...settings,
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      ...(securityToken !== undefined && { ALIBABA_CLOUD_SECURITY_TOKEN: securityToken }),
      MAX_INSTANCES: '100000',
      MAX_RESPONSE_BYTES: String(2 ** 30),
      ...(roleArn !== undefined && { ALLOWED_ROLE_ARNS: roleArn }),
    },
    kept,
    keep,
    debug,
  );
  return {
    send: own.send,
    tasks: own.tasks,
    async finish() {
      const failures: string[] = [];
      await own.finish((task, error) => {
        if (error !== undefined) failures.push(`Not done (${task.id}): ${messageOf(error)}`);
      });
      return failures;
    },
  };
}

function messageOf(error: unknown): string {
  if (error instanceof RefusedError || error instanceof Error) return error.message;
  return String(error);
}
