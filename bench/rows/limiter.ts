import { aligned } from '../report/table.ts';
import type { MeasureRow } from '../row.ts';
import { aws, backoff, type CreateContender, ours } from '../simulation/contenders.ts';
import { FAIRNESS, FAIRNESS_PER_SECOND, type FairnessCell, fairness } from '../simulation/fairness.ts';
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

/** Two callers behind one bucket, each with a limiter of its own: means over the seeds, and the worst run. */
export const limiterFairness: MeasureRow = async ({ progress }) => {
  const cells: MeasuredFairness[] = [];
  for (const cell of FAIRNESS) {
    progress(`the rate limiter, ${cell.name}`);
    const [own, adaptive, plain] = [await shares(cell, ours), await shares(cell, aws), await shares(cell, backoff)];
    cells.push({ cell, ours: own, aws: adaptive, backoff: plain });
  }
  const of = (name: 'ours' | 'aws' | 'backoff') => sample(cells.map((cell) => cell[name].smaller));
  const larger = cells.filter(({ cell }) => cell.burst > 1);
  const worst = (some: readonly MeasuredFairness[], value: 'smaller' | 'together') =>
    sample([Math.min(...some.map(({ ours }) => ours[value]))]);
  const figures = ({ smaller, least, together }: SharesOf) =>
    [smaller, least, together].map((value) => value.toFixed(2));
  return [
    {
      figure: `fairness: two callers at ${FAIRNESS_PER_SECOND} a second, simulated time, ${SEEDS.length} seeds`,
      unit: '×',
      ours: of('ours'),
      peer: ["AWS's adaptive limiter", of('aws')],
      limit: ['a half each', sample(cells.map(() => 0.5))],
      goals: [
        {
          says: 'has the smaller, burst 5 and 20, mean of the worst cell',
          value: worst(larger, 'smaller'),
          atLeast: 0.4,
        },
        { says: 'of the limit both, burst 5 and 20, worst run', value: worst(larger, 'together'), atLeast: 0.85 },
        { says: 'has the smaller, burst 1 too', value: worst(cells, 'smaller'), atLeast: 0.4 },
        { says: 'of the limit both, burst 1 too', value: worst(cells, 'together'), atLeast: 0.85 },
      ],
      note: `\n${aligned([
        ['', 'ours', 'worst', 'both', "AWS's", 'worst', 'both', 'backoff', 'worst', 'both'],
        ...cells.map(({ cell, ours, aws, backoff }) => [
          cell.name,
          ...figures(ours),
          ...figures(aws),
          ...figures(backoff),
        ]),
      ])}`,
    },
  ];
};

/** Of all seeds: the mean and the least part of the one that got less, and the least that both reached. */
type SharesOf = { readonly smaller: number; readonly least: number; readonly together: number };

type MeasuredFairness = {
  readonly cell: FairnessCell;
  readonly ours: SharesOf;
  readonly aws: SharesOf;
  readonly backoff: SharesOf;
};

async function shares(cell: FairnessCell, contender: CreateContender): Promise<SharesOf> {
  const runs = [];
  for (const seed of SEEDS) runs.push(await fairness(cell, contender, seed));
  const parts = runs.map(({ smaller }) => smaller);
  return {
    smaller: parts.reduce((sum, part) => sum + part, 0) / parts.length,
    least: Math.min(...parts),
    together: Math.min(...runs.map(({ together }) => together)),
  };
}

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
