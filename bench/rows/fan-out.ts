import { startWarm } from '../child/warm.ts';
import { startEcs } from '../ecs/local-ecs.ts';
import type { MeasureRow } from '../row.ts';
import { ratio, sample } from '../statistics.ts';

const ROUNDS = 5;
const PEER_ROUNDS = 2; // ten seconds each
const INSTANCES = 10_000;
const LATENCY_MS = 50;
const CONCURRENCY = 8;
const BATCH = 50;
const LEAST_MS = (INSTANCES / BATCH / CONCURRENCY) * LATENCY_MS;

export const fanOut: MeasureRow = async ({ bundles, folder, progress }) => {
  const ecs = await startEcs({ kind: 'bare', instances: INSTANCES, latencyMs: LATENCY_MS }, folder);
  const ours = startWarm(bundles.ours, ecs, { concurrency: CONCURRENCY });
  const peer = startWarm(bundles.obvious, ecs, { concurrency: 1 });
  const bare = startWarm(bundles.limit, ecs, { concurrency: CONCURRENCY });
  for (const warm of [ours, peer, bare]) await warm.ask(ecs.instanceIds.slice(0, 1_000));

  const taken: Record<'ours' | 'peer' | 'bare', number[]> = { ours: [], peer: [], bare: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    progress(`10,000 instances, round ${round} of ${ROUNDS}`);
    taken.ours.push((await ours.ask(ecs.instanceIds)).ms);
    taken.bare.push((await bare.ask(ecs.instanceIds)).ms);
    if (round <= PEER_ROUNDS) taken.peer.push((await peer.ask(ecs.instanceIds)).ms);
  }
  for (const warm of [ours, peer, bare]) warm.stop();
  ecs.stop();
  return [
    {
      figure: '10,000 instances, 50 ms a call, 8 at once, warm',
      unit: 'ms',
      ours: sample(taken.ours),
      peer: ["the SDK's sample in a loop of 50", sample(taken.peer)],
      limit: ['bare https calls, 8 at once', sample(taken.bare)],
      goals: [{ says: '× the limit', value: ratio(taken.ours, taken.bare), atMost: 1.05 }],
      note: `by arithmetic, ${INSTANCES / BATCH / CONCURRENCY} × ${LATENCY_MS} ms, it is ${LEAST_MS} ms`,
    },
  ];
};
