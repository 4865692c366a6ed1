import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { earlyImports } from '../../build/early-imports.ts';
import { smallSdks } from '../../build/sdk/small-sdks.ts';

export type Probe = typeof import('./probe.ts');

const PROBE = path.resolve('test/bundle/probe.ts');
const load = createRequire(path.resolve('package.json'));

/** The probe with the SDKs as the functions' bundles have them, and nothing but Node to load from. */
export async function prunedProbe(): Promise<Probe> {
  const text = await textOf({ plugins: [earlyImports, ...smallSdks([PROBE])] });
  return run(text, (name) => {
    if (!isBuiltin(name)) throw new Error(`the bundle asks for ${name}`);
    return load(name);
  });
}

/** The probe with the SDKs as they lie in node_modules. */
export async function plainProbe(): Promise<Probe> {
  return run(await textOf({ packages: 'external' }), load);
}

async function textOf(options: { plugins?: Plugin[]; packages?: 'external' }): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [PROBE],
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    ...options,
  });
  return outputFiles[0]?.text ?? '';
}

function run(text: string, require: (name: string) => unknown): Probe {
  const module: { exports: Probe } = Object({ exports: {} });
  compileFunction(text, ['module', 'exports', 'require'])(module, module.exports, require);
  return module.exports;
}
