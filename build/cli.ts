import { chmod, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { buildLazyFiles } from './lazy.ts';
import { OUTPUT } from './output.ts';
import { portalPage } from './portal-page.ts';
import { removalScript } from './removal-script.ts';
import { smallSdks } from './sdk/small-sdks.ts';
import { standaloneValidators } from './standalone-validators.ts';

/** The program → dist/cli/index.js, which needs nothing but Node and what lies in dist/. */
export async function buildCli(folder = 'dist/cli'): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: ['cli/main.ts'],
    outfile: path.join(folder, 'index.js'),
    ...OUTPUT,
    minify: false, // loading it is no cold start, and a stack trace has to be readable
    banner: { js: `#!/usr/bin/env node\nconst fileOfBundle = require('node:url').pathToFileURL(__filename).href;` },
    define: { 'import.meta.url': 'fileOfBundle' }, // by which the local cloud finds what it starts
    metafile: true,
    logLevel: 'warning',
    plugins: [standaloneValidators, portalPage, removalScript, ...smallSdks],
  });
  await buildLazyFiles(metafile, folder);
  // What the function reads from beside itself, for --direct.
  for (const name of ['portal.html', 'openapi.json.z']) {
    await copyFile(`dist/detach-key-pair/${name}`, path.join(folder, name));
  }
  for (const name of ['bootstrap.cjs', 'bootstrap-http.cjs'])
    await copyFile(`local-cloud/fc/${name}`, path.join(folder, name));
  await chmod(path.join(folder, 'index.js'), 0o755);
  return metafile;
}
