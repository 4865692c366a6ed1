import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import type { Credentials } from '../credentials.ts';
import type { Ecs } from '../ecs.ts';
import { createEcs } from './ecs.ts';

/** There is nothing to sign with: the function has no role. */
export class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';
}

/**
 * ECS as the function's role, for one invocation. The credentials are resolved once, here, before anything fans out:
 * the default chain rejects concurrent first calls.
 */
export async function connectEcs(regionId: string, config: Config, context: Context): Promise<Ecs> {
  const credentials = config.credentials ?? context.credentials ?? (await outsideFc(config));
  return createEcs({ regionId, credentials, endpoint: config.ecsEndpoint });
}

async function outsideFc({ functionName }: Config): Promise<Credentials> {
  if (functionName) throw new NoCredentialsError('the function has no role: set `role` in s.yaml');
  const { defaultCredentials } = await import('./default-credentials.ts');
  return defaultCredentials();
}
