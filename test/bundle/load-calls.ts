import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { earlyImports } from '../../build/early-imports.ts';
import { smallSdks } from '../../build/sdk/small-sdks.ts';

const load = createRequire(path.resolve('package.json'));

/** Our ports with the SDKs as the functions' bundles have them, and nothing but Node to load from. */
export async function prunedPorts(): Promise<typeof import('./ports.ts')> {
  const file = path.resolve('test/bundle/ports.ts');
  return run(await textOf(file, { plugins: [earlyImports, ...smallSdks([file])] }), (name) => {
    if (!isBuiltin(name)) throw new Error(`the bundle asks for ${name}`);
    return load(name);
  });
}

/** The SDKs as they lie in node_modules. */
export async function plainCalls(): Promise<typeof import('./plain.ts')> {
  return run(await textOf(path.resolve('test/bundle/plain.ts'), { packages: 'external' }), load);
}

async function textOf(file: string, options: { plugins?: Plugin[]; packages?: 'external' }): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
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

function run<T>(text: string, require: (name: string) => unknown): T {
  const module: { exports: T } = Object({ exports: {} });
  compileFunction(text, ['module', 'exports', 'require'])(module, module.exports, require);
  return module.exports;
}
