import { startWarm } from '../child/warm.ts';
import { type LocalEcs, startEcs } from '../ecs/local-ecs.ts';
import type { MeasureRow } from '../row.ts';
import { ratio, sample } from '../statistics.ts';

const ROUNDS = 7;
const REQUESTS = 48;
export const CPU_ECS = { kind: 'bare', instances: 10_000, latencyMs: 0 } as const;
const BATCHES = CPU_ECS.instances / 50;
const VARIANTS = ['limit', 'ours', 'obvious'] as const;

/** Until the compilers of V8 have no more to do. */
const WARM_UP = 48;

/** Of whole requests of 200 batches, eight at once, over connections that are open. */
export const cpuPerBatch: MeasureRow = async ({ bundles, folder, progress }) => {
  const ecs = await startEcs(CPU_ECS, folder);
  const taken: Record<(typeof VARIANTS)[number], number[]> = { limit: [], ours: [], obvious: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    progress(`CPU per batch, round ${round} of ${ROUNDS}`);
    for (const name of VARIANTS) {
      taken[name].push(await measureCpu(bundles[name], ecs));
    }
  }
  ecs.stop();
  return [
    {
      figure: 'CPU per batch of 50',
      unit: 'µs',
      ours: sample(taken.ours),
      peer: ['a plain SDK call', sample(taken.obvious)],
      limit: ['a hand-signed https call', sample(taken.limit)],
      goals: [{ says: 'of the peer', value: ratio(taken.ours, taken.obvious), atMost: 1.5 }],
    },
  ];
};

/** A process that is warm → what a batch takes of the processor, in microseconds. */
export async function measureCpu(bundle: string, ecs: LocalEcs): Promise<number> {
  const warm = startWarm(bundle, ecs, { tls: true });
  for (let request = 0; request < WARM_UP; request++) await warm.ask(ecs.instanceIds);
  let cpuUs = 0; // of all, and not of the middle one: memory is cleared up in some, after all
  for (let request = 0; request < REQUESTS; request++) cpuUs += (await warm.ask(ecs.instanceIds)).cpuUs;
  warm.stop();
  return cpuUs / REQUESTS / BATCHES;
}
