import { startWarm } from '../child/warm.ts';
import { startEcs } from '../ecs/local-ecs.ts';
import type { MeasureRow } from '../row.ts';
import { sample } from '../statistics.ts';

/** Somewhere in the batch, and never where a half begins. */
const AT = 17;

export const badId: MeasureRow = async ({ bundles, folder, progress }) => {
  progress('one bad id in a batch of 50');
  const calls: Record<'ours' | 'bisecting', number> = { ours: 0, bisecting: 0 };
  for (const name of ['ours', 'bisecting'] as const) {
    const ecs = await startEcs({ kind: 'cloud', instances: 49 }, folder);
    const warm = startWarm(bundles[name], ecs);
    const ids = [...ecs.instanceIds.slice(0, AT), 'i-bp1nosuchinstance', ...ecs.instanceIds.slice(AT)];
    const { total, failed } = await warm.ask(ids);
    if (total !== 50 || failed !== 1) throw new Error(`${name}: ${failed} of ${total} failed`);
    calls[name] = await ecs.calls();
    warm.stop();
    ecs.stop();
  }
  return [
    {
      figure: 'one bad id in a batch of 50',
      unit: 'calls',
      ours: sample([calls.ours]),
      peer: ['bisecting', sample([calls.bisecting])],
      limit: ['asking, and asking without it', sample([2])],
      goals: [{ says: 'calls', value: sample([calls.ours]), atMost: 3 }],
    },
  ];
};
