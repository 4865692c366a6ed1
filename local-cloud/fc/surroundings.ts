import { randomBytes } from 'node:crypto';
import type { AccessKey } from '../signature/access-keys.ts';
import type { Invocation } from './invocation.ts';
import type { Edition, FunctionSettings } from './settings.ts';

/** What is the same for every function of one cloud. */
export interface Place {
  readonly accountId: string;
  readonly regionId: string;
  readonly edition: Edition;
  readonly serviceName: string;
  /** Points the functions at this cloud: ECS_ENDPOINT and its like. */
  readonly environment: Readonly<Record<string, string>>;
  /** How far a function's clock is ahead of the machine's: it goes with the cloud's. */
  readonly aheadMs: () => number;
  readonly speed: number;
}

/** The variables FC sets, "Environment variables" in its documentation, and the function's own. Nothing is inherited. */
export function environmentOf(settings: FunctionSettings, place: Place, folder: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: folder,
    LANG: 'en_US.UTF-8',
    FC_FUNC_CODE_PATH: `${folder}/`,
    FC_ACCOUNT_ID: place.accountId,
    FC_REGION: place.regionId,
    FC_FUNCTION_NAME: settings.name,
    FC_FUNCTION_HANDLER: settings.handler,
    FC_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    FC_FUNCTION_VERSION: 'LATEST',
    FC_INSTANCE_ID: `c-${randomBytes(4).toString('hex')}-${randomBytes(6).toString('hex')}`,
    ...(place.edition === 'fc2' ? { FC_SERVICE_NAME: place.serviceName, FC_QUALIFIER: 'LATEST' } : {}),
    ...place.environment,
    ...settings.environment,
  };
}

/** The three names that every SDK of Alibaba Cloud reads. */
export function credentialVariables(key: AccessKey | undefined): Record<string, string> {
  if (!key) return {};
  return {
    ALIBABA_CLOUD_ACCESS_KEY_ID: key.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: key.accessKeySecret,
    ...(key.securityToken === undefined ? {} : { ALIBABA_CLOUD_SECURITY_TOKEN: key.securityToken }),
  };
}

/** "Context" in FC's documentation, as dumps of FC 3.0 show it: no service name there, no credentials without a role. */
export function contextOf(
  invocation: Invocation,
  key: AccessKey | undefined,
  { settings, place }: { settings: FunctionSettings; place: Place },
): Record<string, unknown> {
  const { name, handler, memoryMb, timeoutSeconds } = settings;
  return {
    requestId: invocation.requestId,
    credentials: key
      ? { accessKeyId: key.accessKeyId, accessKeySecret: key.accessKeySecret, securityToken: key.securityToken }
      : {},
    function: { name, handler, memory: memoryMb, timeout: timeoutSeconds },
    service: {
      ...(place.edition === 'fc2' ? { name: place.serviceName } : {}),
      logProject: '',
      logStore: '',
      qualifier: 'LATEST',
      versionId: '',
    },
    region: place.regionId,
    accountId: place.accountId,
    tracing: { openTracingSpanBaggages: {} },
    retryCount: invocation.retryCount ?? 0,
  };
}
