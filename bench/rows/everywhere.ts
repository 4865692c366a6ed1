import { startWarm, type Warm } from '../child/warm.ts';
import { startEcs } from '../ecs/local-ecs.ts';
import type { MeasureRow } from '../row.ts';
import { sample } from '../statistics.ts';

const ROUNDS = 5;
const LATENCY_MS = 50;
const LARGE = 2_000;
const SMALL = 10;
const OTHERS = Array.from({ length: 29 }, (_, k) => `cn-place-${k}`);
const REGIONS = ['cn-hangzhou', ...OTHERS];

type Ask = (warm: Warm) => Promise<readonly { readonly ms: number; readonly total: number }[]>;

const filter = (RegionId: string | readonly string[]) => ({ RegionId, InstanceIds: undefined, Filter: {} });

/** 30 regions side by side, against one after the other, and against the large one alone. */
export const everywhere: MeasureRow = async ({ bundles, folder, progress }) => {
  /** A cloud for each round: what is detached is not found again. */
  async function once(ask: Ask): Promise<{ ms: number; total: number }> {
    const elsewhere = Object.fromEntries(OTHERS.map((regionId) => [regionId, SMALL]));
    const ecs = await startEcs({ kind: 'cloud', instances: LARGE, latencyMs: LATENCY_MS, elsewhere }, folder);
    const warm = startWarm(bundles.ours, ecs);
    try {
      await warm.ask([], { ...filter(REGIONS), DryRun: true });
      const took = await ask(warm);
      return {
        ms: took.reduce((sum, { ms }) => sum + ms, 0),
        total: took.reduce((sum, { total }) => sum + total, 0),
      };
    } finally {
      warm.stop();
      ecs.stop();
    }
  }
  const wide: Ask = async (warm) => [await warm.ask([], filter(REGIONS))];
  const alone: Ask = async (warm) => [await warm.ask([], filter('cn-hangzhou'))];
  const inTurn: Ask = async (warm) => {
    const took = [];
    for (const regionId of REGIONS) took.push(await warm.ask([], filter(regionId)));
    return took;
  };

  const ours: number[] = [];
  const limit: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    progress(`30 regions, round ${round} of ${ROUNDS}`);
    const all = await once(wide);
    if (all.total !== LARGE + OTHERS.length * SMALL) throw new Error(`${all.total} instances were found`);
    ours.push(all.ms);
    limit.push((await once(alone)).ms);
  }
  const peer = await once(inTurn);
  const ratios = ours.map((ms, round) => ms / (limit[round] ?? ms));
  return [
    {
      figure: `everywhere: ${REGIONS.length} regions, ${LARGE} instances in one, ${SMALL} in each other, ${LATENCY_MS} ms a call`,
      unit: 'ms',
      ours: sample(ours),
      peer: ['regions one after the other', sample([peer.ms])],
      limit: ['the large region alone', sample(limit)],
      goals: [{ says: '× the limit', value: sample(ratios), atMost: 1.15 }],
    },
  ];
};
