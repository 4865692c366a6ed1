import { mkdtemp } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { buildFunction } from '../../build/build.ts';
import { smallSdks } from '../../build/sdk/small-sdks.ts';

export type Probe = typeof import('./probe.ts');

const PROBE = path.resolve('test/bundle/probe.ts');
const load = createRequire(path.resolve('package.json'));

/** The probe with the SDKs as the functions' bundles have them, and nothing but Node to load from. */
export async function prunedProbe(): Promise<Probe> {
  const text = await textOf({ plugins: smallSdks([PROBE]) });
  const lazy = await mkdtemp(path.join(tmpdir(), 'lazy-'));
  await buildFunction('detach-key-pair', lazy);
  return run(text, (name) => {
    if (name.startsWith('./lazy/')) return load(path.join(lazy, name));
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
    supported: { 'dynamic-import': false },
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
