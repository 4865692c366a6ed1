import { recordOf, textOf } from '../record.ts';

/** `securityToken` comes with the temporary credentials of a role, which is what a function has. */
export type Credentials = {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
};

/** There is nothing to sign with. */
class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';
}

/** Throws `NoCredentialsError`, saying `why`, where `credentialsFrom` finds none. */
export function requireCredentials(value: unknown, why: string): Credentials {
  const credentials = credentialsFrom(value);
  if (!credentials) throw new NoCredentialsError(why);
  return credentials;
}

/** Undefined unless there are both an id and a secret: FC passes `{}` to a function without a role. */
export function credentialsFrom(value: unknown): Credentials | undefined {
  const { accessKeyId, accessKeySecret, securityToken } = recordOf(value);
  const id = textOf(accessKeyId);
  const secret = textOf(accessKeySecret);
  const token = textOf(securityToken);
  if (!id || !secret) return undefined;
  return { accessKeyId: id, accessKeySecret: secret, ...(token && { securityToken: token }) };
}
