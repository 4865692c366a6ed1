import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { buildFunction, FUNCTIONS } from '../../build/build.ts';

/** Every package of which code reaches a bundle → its versions, `name@version`, the files beside index.js included. */
export async function bundledPackages(): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bundled-'));
  try {
    const found = new Set<string>();
    for (const name of FUNCTIONS) {
      const { metafile, lazy } = await buildFunction(name, path.join(folder, name));
      for (const one of [metafile, ...lazy].flatMap(packagesOf)) found.add(one);
    }
    return [...found].sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
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
