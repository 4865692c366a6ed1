import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { earlyImports } from '../build/early-imports.ts';
import { portalPage } from '../build/portal-page.ts';
import { islands } from '../build/sdk/islands.ts';
import { lateBuiltins } from '../build/sdk/late-builtins.ts';
import { prunedModules } from '../build/sdk/pruned.ts';
import { sdkSources } from '../build/sdk/sources.ts';
import { wordsOf } from '../build/sdk/used.ts';
import { standaloneValidators } from '../build/standalone-validators.ts';
import { answerOnce, type Once } from './child/once.ts';
import { startEcs } from './ecs/local-ecs.ts';
import { aligned, digits } from './report/table.ts';
import { difference, sample } from './statistics.ts';

// What each trick of the build buys: the bundle without it, beside the whole. `npx tsx bench/tricks.ts`, two minutes.

const ROUNDS = 15;
const words = wordsOf(['functions', 'shared'], []);
/** As if our sources named everything. */
const everything: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });
const pruned = prunedModules({ providers: false });

const VARIANTS: Readonly<Record<string, readonly Plugin[]>> = {
  'all of them': [standaloneValidators, portalPage, earlyImports, islands, lateBuiltins, pruned, sdkSources(words)],
  'without islands': [
    standaloneValidators,
    portalPage,
    earlyImports,
    lateBuiltins,
    prunedModules({ providers: true }),
    sdkSources(words),
  ],
  'without early imports': [standaloneValidators, portalPage, islands, lateBuiltins, pruned, sdkSources(words)],
  'without late built-ins': [standaloneValidators, portalPage, earlyImports, islands, pruned, sdkSources(words)],
  'without the cuts': [
    standaloneValidators,
    portalPage,
    earlyImports,
    islands,
    lateBuiltins,
    pruned,
    sdkSources(everything),
  ],
  'with the SDKs as they are published': [standaloneValidators, portalPage, earlyImports],
  'without standalone validators': [portalPage, earlyImports, islands, lateBuiltins, pruned, sdkSources(words)],
  'none of them': [portalPage],
};

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tricks-'));
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
      return [name, `${kilobytes} kB`, `${digits(median)} ms`, `${digits(low)}–${digits(high)}`, `${megabytes} MB`];
    }),
  );
  console.log(aligned([['', 'bundle', 'cold start', 'spread', 'memory'], ...lines]));
  await rm(folder, { recursive: true });
}

async function bundle(folder: string, number: number, plugins: readonly Plugin[]): Promise<string> {
  const outfile = path.join(folder, `${number}.js`);
  await build({
    entryPoints: ['functions/detach-key-pair/index.ts'],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
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
