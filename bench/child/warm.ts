import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { LocalEcs } from '../ecs/local-ecs.ts';
import { contextFor, environmentFor, eventFor } from './request.ts';

export type Took = {
  readonly ms: number;
  readonly cpuUs: number;
  readonly maxRss: number;
  readonly total: number;
  readonly failed: number;
};

/** A process that has loaded a bundle and answers one request after the other. */
export type Warm = {
  ask(ids: readonly string[], more?: object): Promise<Took>;
  stop(): void;
};

export function startWarm(
  bundle: string,
  ecs: LocalEcs,
  { tls = false, concurrency = 8 }: { tls?: boolean; concurrency?: number } = {},
): Warm {
  const child = fork(path.resolve('bench/child/warm.cjs'), [bundle], {
    env: environmentFor(ecs, tls, concurrency),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`${bundle} ended (${code})`);
  });
  gone.catch(() => {});
  return {
    async ask(ids, more) {
      child.send({ event: eventFor(ids, more), context: contextFor(ecs) });
      const [took]: (Took & { statusCode: number })[] = await Promise.race([once(child, 'message'), gone]);
      if (took?.statusCode !== 200) throw new Error(`${bundle} answered ${took?.statusCode}`);
      return took;
    },
    stop: () => void child.kill(),
  };
}
