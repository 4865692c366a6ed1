import { mkdtemp } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { buildLazyFiles } from '../../build/lazy.ts';
import { OUTPUT } from '../../build/output.ts';
import { smallSdks } from '../../build/sdk/small-sdks.ts';

export type Ports = typeof import('./ports.ts');

/** The ports with the SDKs as the functions' bundles have them, and nothing but Node to load from. */
export async function bundledPorts(): Promise<Ports> {
  const { outputFiles, metafile } = await build({
    entryPoints: ['test/bundle/ports.ts'],
    outfile: 'ports.js',
    ...OUTPUT,
    write: false,
    metafile: true,
    logLevel: 'warning',
    plugins: [...smallSdks],
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'ports-'));
  await buildLazyFiles(metafile, folder);
  const load = createRequire(path.join(folder, 'index.js'));
  const module: { exports: Ports } = Object({ exports: {} });
  const required = (name: string) => {
    if (!isBuiltin(name) && !name.startsWith('./lazy/')) throw new Error(`the bundle asks for ${name}`);
    return load(name);
  };
  compileFunction(outputFiles[0]?.text ?? '', ['module', 'exports', 'require'])(module, module.exports, required);
  return module.exports;
}
