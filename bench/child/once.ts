import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { LocalEcs } from '../ecs/local-ecs.ts';
import { contextFor, environmentFor, eventFor } from './request.ts';

export type Once = { readonly ms: number; readonly rss: number };

/** A process from its start to its first answer; without a bundle, empty Node. */
export async function answerOnce(bundle: string | undefined, ecs: LocalEcs, tls: boolean): Promise<Once> {
  const request = [eventFor(ecs.instanceIds.slice(0, 50)), JSON.stringify(contextFor(ecs, 60))];
  const start = performance.now();
  const child = spawn(process.execPath, [path.resolve('bench/child/once.cjs'), bundle ?? '', ...request], {
    env: environmentFor(ecs, tls, 1),
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  // As FC does: what is printed is read.
  child.stdout?.resume();
  const closed = once(child, 'close');
  let said = '';
  let ms = Number.NaN;
  child.stdio[3]?.on('data', (data: Buffer) => {
    ms = performance.now() - start;
    said += data;
  });
  await closed;
  const { statusCode, rss }: { statusCode: number; rss: number } = JSON.parse(said);
  if (statusCode !== 200) throw new Error(`${bundle} answered ${statusCode}`);
  return { ms, rss };
}
