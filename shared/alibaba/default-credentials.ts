import { type Credentials, credentialsFrom } from '../config/credentials.ts';

/** The chain that Alibaba Cloud's tools use outside FC: profile, configuration file, instance metadata. */
export async function defaultCredentials(): Promise<Credentials | undefined> {
  const { default: Credential } = await import('@alicloud/credentials');
  return credentialsFrom(await new Credential().getCredential());
}
