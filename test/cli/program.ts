import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';
import { type Child, type Ended, start } from './children.ts';

export const PROGRAM = path.resolve('dist/cli/index.js');

type More = { readonly env?: Readonly<Record<string, string>>; readonly input?: string };

/** For each test a home of its own and, when asked for, a local cloud; the built program runs with both. */
export function programs() {
  let home: string | undefined;
  let cloud: LocalCloud | undefined;
  const children: Child[] = [];

  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.process.kill('SIGKILL');
      await child.ended;
    }
    await cloud?.stop();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
    [home, cloud] = [undefined, undefined];
  });

  function homeFolder(): string {
    home ??= mkdtempSync(path.join(tmpdir(), 'fc-detach-home-'));
    return home;
  }

  /** What a person's shell would have in it: the keys, and where the local services are. */
  function environment(): Record<string, string> {
    if (!cloud) return { HOME: homeFolder() };
    const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
    return {
      HOME: homeFolder(),
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      FC_ENDPOINT: cloud.fc.endpoint,
      ECS_ENDPOINT: cloud.ecs.endpoint,
      STS_ENDPOINT: cloud.sts.endpoint,
      NODE_EXTRA_CA_CERTS: cloud.sts.caFile,
    };
  }

  function begin(args: readonly string[], { env = {}, input = '' }: More = {}): Child {
    const child = start(process.execPath, [PROGRAM, ...args], { env: { ...environment(), ...env }, input });
    children.push(child);
    return child;
  }

  return {
    homeFolder,
    environment,
    begin,
    run: (args: readonly string[], more: More = {}): Promise<Ended> => begin(args, more).ended,
    async open(options: Parameters<typeof bundledCloud>[0]): Promise<LocalCloud> {
      cloud = await bundledCloud(options);
      return cloud;
    },
  };
}

export const TARGET = ['--region', 'cn-hangzhou', '--key-pair', 'leaked-key'] as const;
