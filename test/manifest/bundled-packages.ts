import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { buildFunction, FUNCTIONS } from '../../build/build.ts';
import { prunedModules } from '../../build/sdk/pruned.ts';
import { sdkSources } from '../../build/sdk/sources.ts';

/** Every package of which code reaches a bundle → its versions, `name@version`, islands included. */
export async function bundledPackages(): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bundled-'));
  try {
    const found = new Set<string>();
    for (const name of FUNCTIONS) {
      const { metafile } = await buildFunction(name, path.join(folder, `${name}.js`));
      for (const one of packagesOf(metafile)) found.add(one);
      const islands = Object.keys(metafile.inputs).flatMap((input) => /^island:(.+)$/.exec(input)?.[1] ?? []);
      for (const island of islands) for (const one of packagesOf(await islandOf(island))) found.add(one);
    }
    return [...found].sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is kept as text in the bundle, built in the same way: the metafile of the bundle does not look into it. */
async function islandOf(name: string): Promise<Metafile> {
  const { metafile } = await build({
    stdin: { contents: `module.exports = require(${JSON.stringify(name)});`, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    plugins: [prunedModules({ providers: true }), sdkSources(new Set())],
  });
  return metafile;
}

/** A module that was replaced by a stub still counts as an input; one from which nothing is left does not. */
function packagesOf({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      if (folder === undefined) return [];
      const { name, version }: { name: string; version: string } = JSON.parse(
        readFileSync(`${folder}/package.json`, 'utf8'),
      );
      return [`${name}@${version}`];
    });
}
