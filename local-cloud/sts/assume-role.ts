import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Parameters } from '../ecs/parameters.ts';
import { ApiError } from '../http/api-error.ts';
import type { AccessKeys } from '../signature/access-keys.ts';
import { isRoleArn, type Roles } from './roles.ts';

// "AssumeRole" in the STS API reference: 15 minutes to the role's hour, a session name of 2 to 64 of these characters.
const MIN_SECONDS = 900;
const MAX_SECONDS = 3600;
const SESSION_NAME = /^[\w.@-]{2,64}$/;

interface Sts {
  readonly keys: AccessKeys;
  readonly roles: Roles;
  readonly clock: Clock;
}

/** Temporary credentials of the role's own account. */
export function assumeRole(parameters: Parameters, { keys, roles, clock }: Sts): Record<string, unknown> {
  const roleArn = parameters.required('RoleArn');
  const sessionName = parameters.required('RoleSessionName');
  const seconds = parameters.count('DurationSeconds') ?? MAX_SECONDS;
  if (!isRoleArn(roleArn)) throw malformed('RoleArn');
  if (!SESSION_NAME.test(sessionName)) throw malformed('RoleSessionName');
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
    throw new ApiError(400, 'InvalidParameter.DurationSeconds', 'The Min/Max value of DurationSeconds is 15min/1hr.');
  }
  const role = roles.find(roleArn);
  if (!role) throw new ApiError(404, 'EntityNotExist.Role', `The role not exists: ${roleArn}.`);
  if (role.externalId !== undefined && role.externalId !== parameters.optional('ExternalId')) {
    throw new ApiError(
      403,
      'NoPermission',
      'You are not authorized to do this action. You should be authorized by RAM.',
    );
  }
  const key = keys.issueTemporary(role.accountId, seconds);
  return {
    AssumedRoleUser: {
      Arn: `acs:ram::${role.accountId}:role/${role.name}/${sessionName}`,
      AssumedRoleId: `3${randomBytes(8).readBigUInt64BE()}:${sessionName}`,
    },
    Credentials: {
      AccessKeyId: key.accessKeyId,
      AccessKeySecret: key.accessKeySecret,
      SecurityToken: key.securityToken,
      Expiration: `${new Date(clock.now() + seconds * 1000).toISOString().slice(0, 19)}Z`,
    },
  };
}

function malformed(name: string): ApiError {
  return new ApiError(400, `InvalidParameter.${name}`, `The parameter ${name} is wrongly formed.`);
}
