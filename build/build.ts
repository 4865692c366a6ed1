import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { openApi } from '../functions/detach-key-pair/answer/openapi.ts';
import { buildLazyFiles } from './lazy.ts';
import { OUTPUT } from './output.ts';
import { buildPage, portalPage, wordlessSchema } from './portal-page.ts';
import { removalScript } from './removal-script.ts';
import { smallSdks } from './sdk/small-sdks.ts';
import { standaloneValidators } from './standalone-validators.ts';

// Named one by one: a glob that matches nothing builds nothing, and exits 0.
export const FUNCTIONS = ['detach-key-pair', 'reboot-instances', 'remove-public-key'] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

export type Built = {
  /** Of index.js, which every request needs. */
  readonly metafile: Metafile;
  /** Of the files beside it, which few need. */
  readonly lazy: readonly Metafile[];
};

/** Each function → dist/<function>/: index.js, and beside it what is loaded when it is used. It needs nothing else. */
export async function buildFunction(name: FunctionName, folder = `dist/${name}`): Promise<Built> {
  const { metafile } = await build({
    entryPoints: [`functions/${name}/index.ts`],
    outfile: path.join(folder, 'index.js'),
    ...OUTPUT,
    metafile: true,
    logLevel: 'warning',
    logOverride: { 'empty-glob': 'error', 'import-is-undefined': 'error' },
    plugins: [standaloneValidators, portalPage, wordlessSchema, removalScript, ...smallSdks],
  });
  const lazy = await buildLazyFiles(metafile, folder);
  if (name === 'detach-key-pair') {
    await writeFile(path.join(folder, 'portal.html'), (await buildPage()).html);
    await writeFile(path.join(folder, 'openapi.json.z'), deflateRawSync(JSON.stringify(openApi()), { level: 9 }));
  }
  return { metafile, lazy };
}
