import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleAll } from './peers/bundle.ts';
import { table } from './report/table.ts';
import { isMet, type MeasureRow, type Row } from './row.ts';
import { badId } from './rows/bad-id.ts';
import { bundleBytes } from './rows/bundle-bytes.ts';
import { coldStart } from './rows/cold-start.ts';
import { cpuPerBatch } from './rows/cpu.ts';
import { everywhere } from './rows/everywhere.ts';
import { fanOut } from './rows/fan-out.ts';
import { limiterFairness, limiterGrid } from './rows/limiter.ts';
import { scale } from './rows/scale.ts';
import { smallBucket, throttledBucket, throttledWindow } from './rows/throttled.ts';

const ROWS: Readonly<Record<string, MeasureRow>> = {
  bytes: bundleBytes,
  cold: coldStart,
  fanout: fanOut,
  cpu: cpuPerBatch,
  scale,
  limiter: async (tools) => [...(await limiterGrid(tools)), ...(await limiterFairness(tools))],
  bucket: throttledBucket,
  smallbucket: smallBucket,
  badid: badId,
  everywhere,
};
/** Takes minutes, since it waits for real minutes to pass. */
const SLOW: Readonly<Record<string, MeasureRow>> = { window: throttledWindow };

const USAGE = `npm run bench -- [--only ${[...Object.keys(ROWS), ...Object.keys(SLOW)].join(',')}] [--slow] [--json FILE]`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      slow: { type: 'boolean' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const all = { ...ROWS, ...SLOW };
  const names = values.only?.split(',') ?? Object.keys(values.slow ? all : ROWS);
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    progress('bundling');
    const tools = { bundles: await bundleAll(folder), folder, progress };
    const rows: Row[] = [];
    for (const name of names) {
      const measure = all[name];
      if (!measure) throw new Error(`there is no row ${name}\n${USAGE}`);
      rows.push(...(await measure(tools)));
    }
    progress('');
    report(rows);
    if (values.json) await writeFile(values.json, `${JSON.stringify(record(rows), null, 1)}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function report(rows: readonly Row[]): void {
  console.log(table(rows));
  const missed = rows.flatMap(({ goals }) => goals).filter((goal) => !isMet(goal)).length;
  console.log(missed === 0 ? '\nEvery goal is met.' : `\n${missed} ${missed === 1 ? 'goal is' : 'goals are'} NOT met.`);
  for (const { figure, note } of rows) if (note) console.log(`${figure}: ${note}`);
  const [load = 0] = loadavg();
  if (load > cpus().length)
    console.log(`The machine was busy with other work (load ${load.toFixed(1)}): measure again.`);
}

function record(rows: readonly Row[]) {
  const [cpu] = cpus();
  const machine = { node: process.version, cpus: cpus().length, cpu: cpu?.model ?? '' };
  return {
    date: new Date().toISOString(),
    ...machine,
    rows: rows.map((row) => ({ ...row, met: row.goals.every(isMet) })),
  };
}

/** One line that is written over where a person watches, a line each elsewhere. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text) console.error(text);
}

main().catch((error) => {
  console.error(error);
  process.exit(1); // at once: processes that were started end with this one
});
