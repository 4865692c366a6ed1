import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { lazyPackages } from '../build/lazy.ts';
import { OUTPUT } from '../build/output.ts';
import { portalPage } from '../build/portal-page.ts';
import { prunedModules } from '../build/sdk/pruned.ts';
import { sdkSources } from '../build/sdk/sources.ts';
import { standaloneValidators } from '../build/standalone-validators.ts';
import { answerOnce, type Once } from './child/once.ts';
import { startEcs } from './ecs/local-ecs.ts';
import { aligned, digits } from './report/table.ts';
import { CPU_ECS, measureCpu } from './rows/cpu.ts';
import { difference, sample } from './statistics.ts';

// What each part of the build buys: the bundle without it, beside the whole. `npx tsx bench/ablation.ts`, five minutes.

const ROUNDS = 15;
const WARM_ROUNDS = 5;

const PARTS = {
  'standalone validators': standaloneValidators,
  'the portal as it is built': portalPage,
  'lazy files': lazyPackages,
  stubs: prunedModules,
  sources: sdkSources,
};

function plugins(changes: { readonly [part in keyof typeof PARTS]?: Plugin | undefined }): Plugin[] {
  return Object.values({ ...PARTS, ...changes }).filter((plugin) => plugin !== undefined);
}

const NONE = { 'lazy files': undefined, stubs: undefined };
const VARIANTS: Readonly<Record<string, readonly Plugin[]>> = {
  'all of them': plugins({}),
  'without lazy files': plugins({ 'lazy files': undefined }),
  'with the SDKs as they are published': plugins({ ...NONE, sources: undefined }),
  'without standalone validators': plugins({ 'standalone validators': undefined }),
  'none of them': [portalPage],
};

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ablation-'));
  const ecs = await startEcs({ kind: 'cloud', instances: 50 }, folder);
  const files = new Map<string, string>();
  for (const [name, plugins] of Object.entries(VARIANTS)) files.set(name, await bundle(folder, files.size, plugins));

  const taken = new Map<string, Once[]>([
    ['empty', []],
    ...[...files.keys()].map((name): [string, Once[]] => [name, []]),
  ]);
  for (let round = 0; round <= ROUNDS; round++) {
    console.error(`round ${round} of ${ROUNDS}`);
    for (const [name, all] of taken) {
      const once = await answerOnce(files.get(name), ecs, true);
      if (round > 0) all.push(once);
    }
  }
  ecs.stop();
  const cpu = await measureWarm(files, folder);

  const over = (name: string, of: keyof Once) =>
    sample(
      difference(
        (taken.get(name) ?? []).map((once) => once[of]),
        (taken.get('empty') ?? []).map((once) => once[of]),
      ),
    );
  const lines = await Promise.all(
    [...files].map(async ([name, file]) => {
      const { median, low, high } = over(name, 'ms');
      const kilobytes = digits((await stat(file)).size / 1000);
      const megabytes = digits(over(name, 'rss').median / 1_000_000);
      return [
        name,
        `${kilobytes} kB`,
        `${digits(median)} ms`,
        `${digits(low)}–${digits(high)}`,
        `${megabytes} MB`,
        `${digits(cpu(name))} µs`,
      ];
    }),
  );
  console.log(aligned([['', 'bundle', 'cold start', 'spread', 'memory', 'processor per batch'], ...lines]));
  await rm(folder, { recursive: true });
}

async function measureWarm(files: ReadonlyMap<string, string>, folder: string) {
  const ecs = await startEcs(CPU_ECS, folder);
  const taken = new Map<string, number[]>();
  for (let round = 1; round <= WARM_ROUNDS; round++) {
    console.error(`warm, round ${round} of ${WARM_ROUNDS}`);
    for (const [name, file] of files) taken.set(name, [...(taken.get(name) ?? []), await measureCpu(file, ecs)]);
  }
  ecs.stop();
  return (name: string) => sample(taken.get(name) ?? []).median;
}

async function bundle(folder: string, number: number, plugins: readonly Plugin[]): Promise<string> {
  const outfile = path.join(folder, `${number}.js`);
  await build({
    entryPoints: ['functions/detach-key-pair/index.ts'],
    outfile,
    ...OUTPUT,
    logLevel: 'error',
    external: ['proxy-agent'],
    plugins: [...plugins],
  });
  return outfile;
}

main().catch((error) => {
  console.error(error);
  process.exit(1); // at once: processes that were started end with this one
});
