import { type Credentials, requireCredentials } from '../config/credentials.ts';
import { CallError } from '../ecs/call-error.ts';
import { createSanitizer, type Sanitize } from '../log/sanitize.ts';
import { jsonOf, recordOf, textOf } from '../record.ts';
import { runSdkCall, SdkCallFailure } from './sdk-call.ts';

export type AssumeRole = {
  roleArn: string;
  /** Shows up in the other account's audit trail. */
  sessionName: string;
  externalId: string | undefined;
  stsEndpoint: string | undefined;
  /** The session may call these of ECS and nothing else; undefined for all that the role may. */
  ecsActions: readonly string[] | undefined;
};

/** Temporary credentials of a role of another account. Throws `CallError`, with STS's own code where it gave one. */
export async function assumeRole(own: Credentials, role: AssumeRole, timeoutMs: number): Promise<Credentials> {
  const { default: Credential, Config } = await import('@alicloud/credentials');
  const done = await runSdkCall(timeoutMs, (sdkTimeoutMs) => {
    const config = new Config({
      ...own,
      type: 'ram_role_arn',
      roleArn: role.roleArn,
      roleSessionName: role.sessionName,
      timeout: sdkTimeoutMs,
      connectTimeout: sdkTimeoutMs,
      ...(role.ecsActions && { policy: policyOf(role.ecsActions) }),
      ...(role.externalId && { externalId: role.externalId }),
      ...(role.stsEndpoint && { stsEndpoint: role.stsEndpoint }),
    });
    return new Credential(config).getCredential();
  });
  if (done instanceof SdkCallFailure) throw refusalOf(done, createSanitizer(own));
  return requireCredentials(done.answer, 'STS gave no credentials');
}

/** One role serves all functions; each gets of it what its own work takes. STS gives what both this and the role permit. */
function policyOf(ecsActions: readonly string[]): string {
  const Action = ecsActions.map((name) => `ecs:${name}`);
  return JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
}

/** The package throws plain errors that hold STS's answer as text, after a colon. */
function refusalOf({ cause, status = 403, whyUnsent }: SdkCallFailure, sanitize: Sanitize): CallError {
  const [, said = ''] = /refresh session token failed: (\{[\s\S]*)$/.exec(String(cause)) ?? [];
  const body = recordOf(jsonOf(said));
  const code = textOf(body['Code']);
  if (!code) return CallError.unreached(cause, whyUnsent);
  return CallError.answered(status, sanitize(code), sanitize(textOf(body['Message']) ?? code));
}
