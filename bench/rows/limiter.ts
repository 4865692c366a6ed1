import { aligned } from '../report/table.ts';
import type { MeasureRow } from '../row.ts';
import { aws, backoff, type CreateContender, ours } from '../simulation/contenders.ts';
import { BUCKETS, type Cell, WINDOWS } from '../simulation/grid.ts';
import { run } from '../simulation/run.ts';
import { sample } from '../statistics.ts';

const SEEDS = Array.from({ length: 10 }, (_, k) => k + 1);
/** Of the limit: what two figures of a cell may differ by and still be called level. */
const LEVEL = 0.01;

type Measured = { readonly share: number; readonly callsPerBatch: number };
type MeasuredCell = {
  readonly cell: Cell;
  readonly ours: Measured;
  readonly aws: Measured;
  readonly backoff: Measured;
};

/** The whole grid in simulated time, with both peers beside it: means over the seeds, cell by cell. */
export const limiterGrid: MeasureRow = async ({ progress }) => {
  const cells: MeasuredCell[] = [];
  for (const cell of [...BUCKETS, ...WINDOWS]) {
    progress(`the rate limiter, ${cell.name}`);
    const [own, adaptive, plain] = [await mean(cell, ours), await mean(cell, aws), await mean(cell, backoff)];
    cells.push({ cell, ours: own, aws: adaptive, backoff: plain });
  }
  const shares = (name: 'ours' | 'aws' | 'backoff') => cells.map((cell) => cell[name].share);
  const worst = (values: readonly number[]) => sample([Math.min(...values)]);
  const ahead = cells.map((cell) => cell.ours.share - Math.max(cell.aws.share, cell.backoff.share));
  const calls = cells.map(({ cell, ours: { callsPerBatch } }) => callsPerBatch / cell.callsAtMost);
  return [
    {
      figure: `throttled, ${cells.length} cells, simulated time, ${SEEDS.length} seeds`,
      unit: '×',
      ours: sample(shares('ours')),
      peer: ["AWS's adaptive limiter", sample(shares('aws'))],
      limit: ["the server's own rate", sample(cells.map(() => 1))],
      goals: [
        { says: 'of the limit in the worst cell', value: worst(shares('ours')), atLeast: 0.9 },
        { says: 'ahead of the better peer in the worst cell', value: worst(ahead), atLeast: -LEVEL },
        { says: 'of the calls allowed in the worst cell', value: sample([Math.max(...calls)]), atMost: 1 },
      ],
      note: `\n${table(cells)}`,
    },
  ];
};

async function mean(cell: Cell, contender: CreateContender): Promise<Measured> {
  const runs: Measured[] = [];
  for (const seed of SEEDS) runs.push(await run(cell.course(seed), contender, seed));
  const of = (value: (measured: Measured) => number) => runs.reduce((sum, one) => sum + value(one), 0) / runs.length;
  return { share: of(({ share }) => share), callsPerBatch: of(({ callsPerBatch }) => callsPerBatch) };
}

function table(cells: readonly MeasuredCell[]): string {
  const head = ['', 'ours', 'calls a batch', "AWS's", 'calls', 'backoff', 'calls'];
  const figures = ({ share, callsPerBatch }: Measured) => [share.toFixed(3), callsPerBatch.toFixed(2)];
  const lines = cells.map(({ cell, ours, aws, backoff }) => [
    cell.name,
    ...figures(ours),
    ...figures(aws),
    ...figures(backoff),
  ]);
  return aligned([head, ...lines]);
}
