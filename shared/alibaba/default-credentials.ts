import Credential from '@alicloud/credentials';
import { type Credentials, credentialsFrom } from '../config/credentials.ts';

/** The chain that Alibaba Cloud's tools use outside FC: profile, configuration file, instance metadata. */
export async function defaultCredentials(): Promise<Credentials | undefined> {
  return credentialsFrom(await new Credential().getCredential());
}
