import { startWarm } from '../child/warm.ts';
import { startEcs } from '../ecs/local-ecs.ts';
import type { MeasureRow } from '../row.ts';
import { ratio, sample } from '../statistics.ts';

const ROUNDS = 2;
const FEW = 10_000;
const MANY = 100_000;
const MEGABYTE = 1_000_000;

/** In one process: first the few, then the many; what it has held at most by then is the system's own count. */
export const scale: MeasureRow = async ({ bundles, folder, progress }) => {
  const ecs = await startEcs({ kind: 'bare', instances: MANY, latencyMs: 50 }, folder);
  const few: number[] = [];
  const many: number[] = [];
  const growth: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    progress(`100,000 instances, round ${round} of ${ROUNDS}`);
    const warm = startWarm(bundles.ours, ecs);
    await warm.ask(ecs.instanceIds.slice(0, 1_000));
    const small = await warm.ask(ecs.instanceIds.slice(0, FEW));
    const large = await warm.ask(ecs.instanceIds);
    warm.stop();
    few.push(small.ms);
    many.push(large.ms);
    growth.push((large.maxRss - small.maxRss) / MEGABYTE);
  }
  ecs.stop();
  return [
    {
      figure: '100,000 instances against 10,000: time',
      unit: 'ms',
      ours: sample(many),
      limit: ['10 × the time of 10,000', sample(few.map((ms) => ms * 10))],
      goals: [{ says: '× the time of 10,000', value: ratio(many, few), atMost: 10.5 }],
    },
    {
      figure: '100,000 instances against 10,000: peak memory',
      unit: 'MB',
      ours: sample(growth),
      goals: [{ says: 'MB more', value: sample(growth), atMost: 128 }],
    },
  ];
};
