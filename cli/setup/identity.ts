import { defaultCredentials } from '../../shared/alibaba/default-credentials.ts';
import type { Credentials } from '../../shared/config/credentials.ts';
import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { textOf } from '../../shared/record.ts';
import { cloudCall } from './cloud-call.ts';
import { Refusal } from './refusal.ts';

/** The default chain of Alibaba Cloud's tools: environment, `~/.aliyun/config.json`, instance role. Throws `Refusal`. */
export async function ownCredentials(): Promise<Credentials> {
  const credentials = await defaultCredentials().catch(() => undefined);
  if (credentials) return credentials;
  throw new Refusal(
    3,
    'no credentials were found: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure`',
  );
}

/** The account of these credentials; no right is needed to ask: https://help.aliyun.com/document_detail/43767.html */
export async function accountIdOf(credentials: Credentials, endpoint: string): Promise<string> {
  const sts = cloudCall({ endpoint, version: '2015-04-01' }, credentials);
  try {
    const { AccountId } = await sts('GetCallerIdentity', {});
    const accountId = textOf(AccountId);
    // It becomes a part of ARNs that a shell evaluates.
    if (accountId !== undefined && /^\d{1,32}$/.test(accountId)) return accountId;
  } catch (error) {
    const { codeToReport, message } = callErrorOf(error);
    throw new Refusal(3, `STS does not say whose credentials these are: ${codeToReport}: ${message}`);
  }
  throw new Refusal(3, 'STS does not say whose credentials these are: its answer has no account');
}
