import { defaultCredentials } from '../../shared/alibaba/default-credentials.ts';
import type { Credentials } from '../../shared/config/credentials.ts';
import { textOf } from '../../shared/record.ts';
import { RefusedError } from '../terminal.ts';
import { parsedRecord } from './parsed.ts';
import { sendSigned } from './signed.ts';

/** The default chain of Alibaba Cloud's tools: environment, `~/.aliyun/config.json`, instance role. */
export async function personalCredentials(): Promise<Credentials> {
  const credentials = await defaultCredentials().catch(() => undefined);
  if (credentials) return credentials;
  throw new RefusedError(
    'no credentials were found: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure`',
  );
}

/** The account that these credentials belong to: https://help.aliyun.com/document_detail/43767.html */
export async function accountIdOf(credentials: Credentials, endpoint: string): Promise<string> {
  const call = { action: 'GetCallerIdentity', version: '2015-04-01', method: 'POST', path: '/' } as const;
  const { status, text } = await sendSigned(call, endpoint, credentials);
  const { AccountId, Code, Message } = parsedRecord(text);
  const accountId = textOf(AccountId);
  if (status === 200 && accountId) return accountId;
  throw new RefusedError(`STS does not say which account this is (${Code}: ${Message}): give --account-id`);
}
