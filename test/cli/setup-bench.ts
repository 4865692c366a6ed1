import { vi } from 'vitest';
import { type SetupOptions, setup } from '../../cli/setup/setup.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import type { RamAccount } from '../../local-cloud/ram/account.ts';
import type { AccessKey } from '../../local-cloud/signature/access-keys.ts';

/** A local cloud, and the command as a person with one of its keys runs it. */
export class SetupBench {
  readonly cloud: LocalCloud;
  /** Whose key signs. */
  key: AccessKey;
  /** Asked in the last run. */
  questions: string[] = [];
  /** What a person answers, and what happens meanwhile. */
  answer: () => Promise<boolean> = async () => true;
  #seen = 0;

  constructor(cloud: LocalCloud) {
    this.cloud = cloud;
    this.key = cloud.ecs.credentials;
  }

  get account(): RamAccount {
    return this.cloud.ram.account;
  }

  async run(options: Partial<SetupOptions> = {}) {
    const { cloud, key } = this;
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', key.accessKeyId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', key.accessKeySecret);
    vi.stubEnv('ALIBABA_CLOUD_SECURITY_TOKEN', key.securityToken ?? '');
    const endpoints = { ram: cloud.ram.endpoint, mns: cloud.ram.endpoint, sts: cloud.sts.plainEndpoint };
    const [out, err]: [string[], string[]] = [[], []];
    this.questions = [];
    const confirm = (question: string) => {
      this.questions.push(question);
      return this.answer();
    };
    const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), confirm };
    const code = await setup({ region: cloud.regionId, yes: true, endpoints, ...options }, io);
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  /** The changes that RAM and the queue service were asked for since the last look. */
  writes(): string[] {
    const calls = this.cloud.ram.calls.slice(this.#seen);
    this.#seen = this.cloud.ram.calls.length;
    return calls
      .filter(({ action }) => !READS.test(action))
      .map(({ action, parameters: { PolicyName, RoleName, QueueName } }) =>
        [action, PolicyName, RoleName, QueueName].filter((part) => part !== undefined).join(' '),
      );
  }

  /** Role → the policies that it has. */
  attachments(): Record<string, string[]> {
    return Object.fromEntries([...this.account.roles].map(([name, { policies }]) => [name, [...policies]]));
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
  }

  /** An empty account again. */
  clear(): void {
    for (const kept of [this.account.roles, this.account.policies, this.account.queues]) kept.clear();
  }
}

export async function setupBench(): Promise<SetupBench> {
  return new SetupBench(await startLocalCloud());
}

const READS = /^(Get|List)/;

export const SHOULD_BE_ATTACHED = {
  'fc-detach-key-pair': ['Custom:fc-detach-key-pair', 'Custom:fc-detach-key-pair-on-failure'],
  'fc-reboot-instances': ['Custom:fc-reboot-instances', 'Custom:fc-detach-key-pair-on-failure'],
  'fc-remove-public-key': ['Custom:fc-remove-public-key', 'Custom:fc-detach-key-pair-on-failure'],
};
