import type { Desired } from './desired.ts';
import type { Place } from './rights.ts';

/** What `s deploy` reads from its environment: each variable of s.yaml without a default, and the region. */
export type Variables = Readonly<Record<string, string>>;

export type Guards = { readonly allowedRegions?: string | undefined; readonly allowedKeyPairs?: string | undefined };

export function variablesFor({ roles, queue }: Desired, { accountId, region }: Place, guards: Guards): Variables {
  return {
    REGION: region,
    ...Object.fromEntries(roles.map(({ name, variable }) => [variable, `acs:ram::${accountId}:role/${name}`])),
    ON_FAILURE_DESTINATION: `acs:mns:${region}:${accountId}:/queues/${queue.name}/messages`,
    ...(guards.allowedRegions !== undefined && { ALLOWED_REGIONS: guards.allowedRegions }),
    ...(guards.allowedKeyPairs !== undefined && { ALLOWED_KEY_PAIRS: guards.allowedKeyPairs }),
  };
}

/** The guards that were not said: `s deploy` goes no further without them, and only a person knows them. */
const UNSAID = [
  ['ALLOWED_REGIONS', "regions whose instances may be touched, comma-separated; '*' is all"],
  ['ALLOWED_KEY_PAIRS', "key pairs that may be taken off, comma-separated, 'leaked-*' or '*' for all"],
] as const;

/** Lines for a shell: `eval "$(fc-detach-key-pair setup …)"`. */
export function exportLines(variables: Variables): string[] {
  const set = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const unsaid = UNSAID.filter(([name]) => variables[name] === undefined);
  return [...set, ...unsaid.map(([name, what]) => `# export ${name}=…   # still to be said: ${what}`)];
}

function quoted(value: string): string {
  return /^[\w:/.,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
