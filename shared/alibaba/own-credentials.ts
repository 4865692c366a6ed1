import type { Config } from '../config/config.ts';
import { type Credentials, requireCredentials } from '../config/credentials.ts';
import type { CallError } from '../ecs/call-error.ts';
import type { Context } from '../fc/context.ts';
import { defaultCredentials } from './default-credentials.ts';

/** The function's own credentials, for as long as one invocation takes. */
export type OwnCredentials = {
  /** Throws `NoCredentialsError` where the function has none. */
  get(): Promise<Credentials>;
  /** Another set in the place of one that a service calls expired or unknown; undefined when there is none. */
  replace(refused: Credentials, error: CallError): Credentials | undefined;
};

/**
 * FC puts a role's credentials into the environment and into the context, and which of the two is fresh in a warm instance
 * is not documented: the environment's come first, the context's when those are refused. Outside FC the default chain.
 */
export function ownCredentials(config: Config, context: Context): OwnCredentials {
  const sets = [config.credentials, context.credentials].filter((set) => set !== undefined);
  // Resolved once, before anything fans out: the default chain rejects concurrent first calls.
  let chain: Promise<Credentials | undefined> | undefined;
  return {
    async get() {
      const [given] = sets;
      if (given || config.insideFc) return requireCredentials(given, 'the function has no role: set `role` in s.yaml');
      chain ??= defaultCredentials();
      return requireCredentials(await chain, 'the function has no role: set `role` in s.yaml');
    },
    replace(refused, { code = '' }) {
      if (!/^Invalid(SecurityToken|AccessKeyId)(\.|$)/.test(code)) return undefined;
      // Calls side by side are refused together: the first of them has replaced the set for all.
      if (sets.length > 1 && sets[0]?.accessKeyId === refused.accessKeyId) sets.shift();
      const [set] = sets;
      return set?.accessKeyId === refused.accessKeyId ? undefined : set;
    },
  };
}
