import { answerOnce, type Once } from '../child/once.ts';
import { startEcs } from '../ecs/local-ecs.ts';
import type { MeasureRow, Row } from '../row.ts';
import { difference, ratio, sample } from '../statistics.ts';

const ROUNDS = 21;
const MEGABYTE = 1_000_000;

/** Both rows are of the same processes: each round starts one of each, one after the other. */
export const coldStart: MeasureRow = async ({ bundles, folder, progress }) => {
  const ecs = await startEcs({ kind: 'cloud', instances: 50 }, folder);
  const variants = { empty: undefined, limit: bundles.limit, ours: bundles.ours, obvious: bundles.obvious };
  const taken: Record<keyof typeof variants, Once[]> = { empty: [], limit: [], ours: [], obvious: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    progress(`cold start, round ${round} of ${ROUNDS}`);
    for (const name of ['empty', 'limit', 'ours', 'obvious'] as const) {
      const once = await answerOnce(variants[name], ecs, true);
      if (round > 0) taken[name].push(once); // the first reads the disk
    }
  }
  ecs.stop();
  const over = (name: keyof typeof variants, of: keyof Once, unit = 1) =>
    difference(
      taken[name].map((once) => once[of] / unit),
      taken.empty.map((once) => once[of] / unit),
    );
  const [ms, limitMs, peerMs] = [over('ours', 'ms'), over('limit', 'ms'), over('obvious', 'ms')];
  const [rss, limitRss, peerRss] = [
    over('ours', 'rss', MEGABYTE),
    over('limit', 'rss', MEGABYTE),
    over('obvious', 'rss', MEGABYTE),
  ];
  const rows: Row[] = [
    {
      figure: "cold start over TLS: process start to first answer, less empty Node's",
      unit: 'ms',
      ours: sample(ms),
      peer: ['the obvious bundle', sample(peerMs)],
      limit: ["Node's https and crypto", sample(limitMs)],
      goals: [
        { says: 'of the peer', value: ratio(ms, peerMs), atMost: 0.1 },
        { says: '× the limit', value: ratio(ms, limitMs), atMost: 2 },
      ],
    },
    {
      figure: 'resident memory after the first request, over empty Node',
      unit: 'MB',
      ours: sample(rss),
      peer: ['the obvious bundle', sample(peerRss)],
      limit: ["Node's https and crypto", sample(limitRss)],
      goals: [{ says: 'of the peer', value: ratio(rss, peerRss), atMost: 0.15 }],
    },
  ];
  return rows;
};
