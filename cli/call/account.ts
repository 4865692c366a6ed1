import { recordOf, textOf } from '../../shared/record.ts';
import { Refused } from '../failure.ts';
import type { Session } from '../session.ts';
import { passOn } from './connection.ts';
import { personalCredentials } from './credentials.ts';

/** The account of the person's credentials: GetCallerIdentity of STS. */
export async function accountId({ terminal, variables }: Session): Promise<string> {
  const credentials = await personalCredentials(terminal)();
  const url = new URL(`https://${variables['STS_ENDPOINT'] || 'sts.aliyuncs.com'}/`);
  const headers = { accept: 'application/json', 'x-acs-action': 'GetCallerIdentity', 'x-acs-version': '2015-04-01' };
  try {
    const { body } = await passOn({ method: 'POST', url, headers, body: Buffer.alloc(0) }, credentials);
    const account = textOf(recordOf(JSON.parse(body.toString('utf8')))['AccountId']);
    if (account) return account;
  } catch (error) {
    terminal.debug(`GetCallerIdentity: ${error instanceof Error ? error.message : error}`);
  }
  throw new Refused('STS did not say which account the credentials are of: check them, or give --account-id');
}
