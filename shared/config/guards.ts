import type { Config } from './config.ts';

/** What guards the function and what it lets through, by the variables' names; a secret is counted, not said. */
export function guardsOf(config: Config): Readonly<Record<string, string>> {
  const listed = (entries: readonly string[] | undefined, without: string) =>
    entries === undefined || entries.length === 0 ? without : entries.join(',');
  return {
    HTTP_CALLERS: config.httpCallers,
    WEBHOOK_SECRETS: config.webhookSecrets.length === 0 ? 'none' : `${config.webhookSecrets.length} set`,
    ALLOWED_REGIONS: listed(config.allowedRegions, '*'),
    ALLOWED_KEY_PAIRS: listed(config.allowedKeyPairs, '*'),
    ALLOWED_ROLE_ARNS: listed(config.allowedRoleArns, 'none'),
    ROLE_EXTERNAL_ID: config.roleExternalId === undefined ? 'none' : 'set',
    CORS_ALLOWED_ORIGINS: listed(config.corsAllowedOrigins, 'none'),
    REBOOTS_DISABLED: String(config.rebootsDisabled),
    ONLINE_DISABLED: String(config.onlineDisabled),
  };
}

/** Gives true once: for what a process says first. */
export function createOnce(): () => boolean {
  let isDone = false;
  return () => {
    const isFirst = !isDone;
    isDone = true;
    return isFirst;
  };
}
