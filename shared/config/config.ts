import { credentialsFrom } from './credentials.ts';
import { choice, endpoint, flag, host, integer, list, matching, type Setting } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that the environment decides, checked. Times in milliseconds, sizes in bytes. */
export type Config = ReturnType<typeof loadConfig>;

/** A variable that holds a value we cannot work with. The message names it and what it takes, never its value. */
class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** The only reader of `process.env`. Read for each invocation: credentials rotate in warm instances. */
export function environment(): Environment {
  return process.env;
}

const name = /^[A-Za-z_][\w-]{0,127}$/;
/** Base64 of at least 24 bytes, the least that https://www.standardwebhooks.com allows: a short key can be guessed. */
const webhookSecret = /^(whsec_)?([A-Za-z0-9+/]{4}){8,}([A-Za-z0-9+/]{2}(==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** `*` on a list is no limit, as an unset list is: the manifests want it said. */
function unlessAll(entries: readonly string[] | undefined): readonly string[] | undefined {
  return entries?.includes('*') ? undefined : entries;
}

/** Throws `SettingError` for a bad value. An empty variable is an unset one: deploy tools write those. */
export function loadConfig(variables: Environment) {
  function optional<T>(variable: string, setting: Setting<T>): T | undefined {
    const text = variables[variable]?.trim();
    if (!text) return undefined;
    const value = setting.parse(text);
    if (value === undefined) throw new SettingError(`${variable} must be ${setting.expected}`);
    return value;
  }
  // Some senders hand a secret out as `v1,whsec_…`, where the comma is theirs.
  const secrets = list(webhookSecret, 'base64 secrets of at least 24 bytes, each of which may start with whsec_');
  const webhookSecrets =
    optional('WEBHOOK_SECRETS', {
      ...secrets,
      parse: (text) => secrets.parse(text.replace(/\bv1,(?=\s*whsec_)/g, '')),
    }) ?? [];
  const guarded = webhookSecrets.length > 0 ? 'webhooks' : 'any';
  const httpCallers = optional('HTTP_CALLERS', choice('any', 'webhooks')) === 'webhooks' ? 'webhooks' : guarded;
  if (httpCallers === 'webhooks' && webhookSecrets.length === 0) {
    throw new SettingError('WEBHOOK_SECRETS must be set where HTTP_CALLERS is webhooks');
  }
  return {
    detachConcurrency: optional('DETACH_CONCURRENCY', integer(1, 50)) ?? 8,
    maxInstances: optional('MAX_INSTANCES', integer(1, 100_000)) ?? 10_000,
    maxResponseBytes: optional('MAX_RESPONSE_BYTES', integer(1, 2 ** 31)) ?? 5_242_880,
    deadlineMarginMs: optional('DEADLINE_MARGIN_MS', integer(0, 86_400_000)) ?? 1_500,
    ecsTimeoutMs: optional('ECS_TIMEOUT_MS', integer(1, 86_400_000)) ?? 10_000,
    ecsEndpoint: optional('ECS_ENDPOINT', endpoint),
    // FC reserves the prefix FC_: there the second name is the one that can be set.
    fcEndpoint: optional('FC_ENDPOINT', endpoint) ?? optional('INVOKE_ENDPOINT', endpoint),
    stsEndpoint: optional('STS_ENDPOINT', host),
    rebootFunctionName: optional('REBOOT_FUNCTION_NAME', matching(name, 'a function name')) ?? 'reboot-instances',
    rebootServiceName: optional('REBOOT_SERVICE_NAME', matching(name, 'a service name')),
    removeFunctionName: optional('REMOVE_FUNCTION_NAME', matching(name, 'a function name')) ?? 'remove-public-key',
    removeServiceName: optional('REMOVE_SERVICE_NAME', matching(name, 'a service name')),
    onlineDisabled: optional('ONLINE_DISABLED', flag) ?? false,
    rebootsDisabled: optional('REBOOTS_DISABLED', flag) ?? false,
    allowedRoleArns: optional('ALLOWED_ROLE_ARNS', list(/^acs:ram::\d+:role\/\S+$/, 'role ARNs')) ?? [],
    allowedRegions: unlessAll(optional('ALLOWED_REGIONS', list(/^(\*|[a-z0-9-]+)$/, 'region ids, or * for all'))),
    allowedKeyPairs: optional('ALLOWED_KEY_PAIRS', list(/^[^*]*\*?$/u, 'key pair names, each of which may end in *')),
    roleExternalId: optional('ROLE_EXTERNAL_ID', matching(/^[\w+=,.@:/-]{2,1224}$/, 'an external id')),
    corsAllowedOrigins:
      optional('CORS_ALLOWED_ORIGINS', list(/^(\*|https?:\/\/[^\s/]+)$/, 'origins (https://host[:port]) or *')) ?? [],
    webhookSecrets,
    httpCallers,
    logLevel: optional('LOG_LEVEL', choice('debug', 'info', 'warn', 'error')) ?? 'info',
    /** Set by the runtime; only FC 2.0 has services. */
    serviceName: variables['FC_SERVICE_NAME'] || undefined,
    /** Set by the runtime of both editions. */
    functionName: variables['FC_FUNCTION_NAME'] || 'detach-key-pair',
    /** Outside FC there may be other credentials than a role's. */
    insideFc: Boolean(variables['FC_FUNCTION_NAME']),
    credentials: credentialsFrom({
      accessKeyId: variables['ALIBABA_CLOUD_ACCESS_KEY_ID'],
      accessKeySecret: variables['ALIBABA_CLOUD_ACCESS_KEY_SECRET'],
      securityToken: variables['ALIBABA_CLOUD_SECURITY_TOKEN'],
    }),
  };
}
