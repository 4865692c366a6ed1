import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { OUTPUT } from '../output.ts';
import { prunedModules } from './pruned.ts';
import { sdkSources } from './sources.ts';

const OURS = /^(?!.*\/node_modules\/)/;

/** Packages, and modules of our own, that few requests need; and who imports them then. */
const ISLANDS: readonly (readonly [string, RegExp])[] = [
  ['@alicloud/credentials', OURS],
  ['@alicloud/fc2', OURS],
  ['xml2js', /\/@darabonba\/typescript\//],
  ['./openapi.ts', OURS],
];

/**
 * Keeps each as a text in the bundle, whole, and compiles it when it is first used: V8 reads through all the code of a
 * file before it runs any of it.
 */
export const islands: Plugin = {
  name: 'islands',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[@\w.]/ }, ({ path: name, importer, resolveDir }) => {
      const isIsland = ISLANDS.some(([island, importers]) => island === name && importers.test(importer));
      if (!isIsland) return undefined;
      // Beside other packages there may be another version of it.
      if (!name.startsWith('.')) return { path: name, namespace: 'island', pluginData: resolveDir, sideEffects: false };
      const file = path.relative('', path.join(resolveDir, name));
      return { path: file, namespace: 'island-of-ours', sideEffects: false };
    });
    for (const namespace of ['island', 'island-of-ours']) {
      onLoad({ filter: /./, namespace }, async ({ path: name, pluginData = process.cwd() }) => ({
        contents: shore(name, pluginData, await buildIsland(name, pluginData)),
        resolveDir: process.cwd(),
      }));
    }
  },
};

/** All that the island is made of, as it is found from the folder of whoever imports it. */
export function buildIsland(name: string, resolveDir: string) {
  const source = isOurs(name) ? `./${name}` : name;
  return build({
    stdin: { contents: `module.exports = require(${JSON.stringify(source)});`, resolveDir },
    ...OUTPUT,
    write: false,
    metafile: true,
    logLevel: 'warning',
    plugins: [prunedModules({ providers: true }), sdkSources(new Set())],
  });
}

/** What stands for the package: exports that land on the island when something is done with them. */
function shore(name: string, resolveDir: string, { outputFiles }: Awaited<ReturnType<typeof buildIsland>>): string {
  const { isClass, names } = exportsOf(name, resolveDir);
  const compressed = brotliCompressSync(outputFiles[0]?.text ?? '').toString('base64');
  return [
    `import { landOn, later } from 'in-bundle';`,
    'let landed;',
    `const land = () => (landed ??= landOn(${JSON.stringify(name)}, ${JSON.stringify(compressed)}));`,
    ...names.map((key) => `export const ${key} = /* @__PURE__ */ later(() => land().${key});`),
    `export default /* @__PURE__ */ later(() => land()${isClass ? '' : '.default'});`,
  ].join('\n');
}

function exportsOf(name: string, resolveDir: string): { isClass: boolean; names: string[] } {
  if (isOurs(name)) {
    const functions = readFileSync(name, 'utf8').matchAll(/^export function (\w+)/gm);
    return { isClass: false, names: [...functions].map(([, key]) => key ?? '') };
  }
  const exported: unknown = createRequire(path.join(resolveDir, 'importer.js'))(name);
  if (typeof exported === 'function') return { isClass: true, names: [] };
  return { isClass: false, names: Object.keys(Object(exported)).filter((key) => key !== 'default') };
}

function isOurs(name: string): boolean {
  return name.endsWith('.ts');
}
