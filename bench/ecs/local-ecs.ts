import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EcsFacts, EcsOptions, FromEcs, ToEcs } from './messages.ts';

export type LocalEcs = EcsFacts & {
  /** A file for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  /** How many calls it has got so far. */
  calls(): Promise<number>;
  stop(): void;
};

export async function startEcs(options: EcsOptions, folder: string): Promise<LocalEcs> {
  const child = fork(path.resolve('bench/ecs/process.ts'), { execArgv: ['--import', 'tsx'] });
  const answer = await ask(child, { start: options });
  if (!('facts' in answer)) throw new Error('the local ECS did not start');
  const { facts } = answer;
  const caFile = path.join(folder, `ca-${child.pid}.pem`);
  await writeFile(caFile, facts.ca);
  return {
    ...facts,
    caFile,
    async calls() {
      const counted = await ask(child, { ask: 'calls' });
      return 'calls' in counted ? counted.calls : 0;
    },
    stop: () => void child.kill(),
  };
}

async function ask(child: ChildProcess, message: ToEcs): Promise<FromEcs> {
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the local ECS ended (${code})`);
  });
  gone.catch(() => {});
  child.send(message);
  const [answer]: FromEcs[] = await Promise.race([once(child, 'message'), gone]);
  if (!answer) throw new Error('the local ECS said nothing');
  return answer;
}
