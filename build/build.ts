import { build } from 'esbuild';
import { earlyImports } from './early-imports.ts';
import { OUTPUT } from './output.ts';
import { portalPage } from './portal-page.ts';
import { removalScript } from './removal-script.ts';
import { smallSdks } from './sdk/small-sdks.ts';
import { standaloneValidators } from './standalone-validators.ts';

// Named one by one: a glob that matches nothing builds nothing, and exits 0.
export const FUNCTIONS = ['detach-key-pair', 'reboot-instances', 'remove-public-key'] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

/** Each function → dist/<function>/index.js, one file that needs nothing beside it. */
export async function buildFunction(name: FunctionName, outfile = `dist/${name}/index.js`) {
  const entryPoints = [`functions/${name}/index.ts`];
  return build({
    entryPoints,
    outfile,
    ...OUTPUT,
    metafile: true,
    logLevel: 'warning',
    logOverride: { 'empty-glob': 'error', 'import-is-undefined': 'error' },
    plugins: [standaloneValidators, portalPage, removalScript, earlyImports, ...smallSdks(entryPoints)],
  });
}
