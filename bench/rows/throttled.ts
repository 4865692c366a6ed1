import { startWarm } from '../child/warm.ts';
import { type LocalEcs, startEcs } from '../ecs/local-ecs.ts';
import type { MeasureRow, Row, Tools } from '../row.ts';
import { sample } from '../statistics.ts';

type Throttled = { readonly batchesPerSecond: number; readonly callsPerBatch: number };
type Course = {
  readonly figure: string;
  readonly throttle:
    | { kind: 'bucket'; perSecond: number; burst: number }
    | { kind: 'window'; limit: number; seconds: number };
  readonly batches: number;
  readonly rounds: number;
  readonly callsPerBatch: number;
  /** How long the batches take at the least, when they start at this moment. */
  idealSeconds(startedAt: number): number;
};

/** A burst of 10 at once, then one every 100 ms. */
export const throttledBucket: MeasureRow = (tools) =>
  run(tools, {
    figure: 'throttled: token bucket of 10 a second, burst 10',
    throttle: { kind: 'bucket', perSecond: 10, burst: 10 },
    batches: 200,
    rounds: 2,
    callsPerBatch: 1.2,
    idealSeconds: () => (200 - 10) / 10,
  });

/** A burst of 5 at once, then one every 50 ms. */
export const smallBucket: MeasureRow = (tools) =>
  run(tools, {
    figure: 'throttled: token bucket of 20 a second, burst 5',
    throttle: { kind: 'bucket', perSecond: 20, burst: 5 },
    batches: 400,
    rounds: 2,
    callsPerBatch: 1.2,
    idealSeconds: () => (400 - 5) / 20,
  });

/** Windows begin with the minutes of the clock: 200 in the one it starts in, 200 in the next, 200 more in the third. */
export const throttledWindow: MeasureRow = (tools) =>
  run(tools, {
    figure: 'throttled: 200 a minute, counts that renew every 60 s',
    throttle: { kind: 'window', limit: 200, seconds: 60 },
    batches: 600,
    rounds: 1,
    callsPerBatch: 1.2,
    idealSeconds: (startedAt) => 120 - ((startedAt / 1000) % 60),
  });

async function run(tools: Tools, course: Course): Promise<Row[]> {
  const shares: Record<'ours' | 'retrying', number[]> = { ours: [], retrying: [] };
  const taken: Record<'ours' | 'retrying', Throttled[]> = { ours: [], retrying: [] };
  const ideals: number[] = [];
  for (let round = 1; round <= course.rounds; round++) {
    for (const name of ['ours', 'retrying'] as const) {
      tools.progress(`${course.figure}, ${name}, round ${round} of ${course.rounds}`);
      const ecs = await startEcs(
        { kind: 'cloud', instances: course.batches * 50, throttle: { DetachKeyPair: course.throttle } },
        tools.folder,
      );
      const startedAt = Date.now();
      const throttled = await measure(tools.bundles[name], ecs, course.batches);
      const ideal = course.batches / course.idealSeconds(startedAt);
      ecs.stop();
      taken[name].push(throttled);
      shares[name].push(throttled.batchesPerSecond / ideal);
      if (name === 'ours') ideals.push(ideal);
    }
  }
  const rates = (name: 'ours' | 'retrying') => sample(taken[name].map(({ batchesPerSecond }) => batchesPerSecond));
  const calls = (name: 'ours' | 'retrying') => sample(taken[name].map(({ callsPerBatch }) => callsPerBatch));
  return [
    {
      figure: course.figure,
      unit: '/s',
      ours: rates('ours'),
      peer: ['a plain retry library', rates('retrying')],
      limit: ['what the server lets through', sample(ideals)],
      goals: [
        { says: 'of the limit', value: sample(shares.ours), atLeast: 0.9 },
        { says: 'calls a batch', value: calls('ours'), atMost: course.callsPerBatch },
      ],
      note: `the retry library reached ${sample(shares.retrying).median.toFixed(2)} of its limit with ${calls('retrying').median.toFixed(2)} calls a batch`,
    },
  ];
}

async function measure(bundle: string, ecs: LocalEcs, batches: number): Promise<Throttled> {
  const warm = startWarm(bundle, ecs);
  const { ms, failed } = await warm.ask(ecs.instanceIds);
  warm.stop();
  if (failed > 0) throw new Error(`${failed} instances were not detached`);
  return { batchesPerSecond: batches / (ms / 1000), callsPerBatch: (await ecs.calls()) / batches };
}
