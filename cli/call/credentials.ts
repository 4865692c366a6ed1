import { defaultCredentials } from '../../shared/alibaba/default-credentials.ts';
import type { Credentials } from '../../shared/config/credentials.ts';
import { Refused } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

const NONE =
  'There are no credentials: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run `aliyun configure`, or use an instance with a role.';

/** The person's own, by the chain of Alibaba Cloud's tools; read again for each call, since temporary ones expire. */
export function personalCredentials(terminal: Terminal): () => Promise<Credentials> {
  return async () => {
    const credentials = await defaultCredentials().catch((error: unknown) => {
      terminal.debug(`credentials: ${error instanceof Error ? error.message : error}`);
      return undefined;
    });
    if (!credentials) throw new Refused(NONE);
    terminal.hide([credentials.accessKeySecret, credentials.securityToken]);
    return credentials;
  };
}
