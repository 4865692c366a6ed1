import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { prunedModules } from './pruned.ts';
import { sdkSources } from './sources.ts';

const OURS = /^(?!.*\/node_modules\/)/;

/** Packages, and modules of our own, that few requests need; and who imports them then. */
const ISLANDS: readonly (readonly [string, RegExp])[] = [
  ['@alicloud/credentials', OURS],
  ['@alicloud/fc2', OURS],
  ['standardwebhooks', OURS],
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
      if (!name.startsWith('.')) return { path: name, namespace: 'island', sideEffects: false };
      const file = path.relative('', path.join(resolveDir, name));
      return { path: file, namespace: 'island-of-ours', sideEffects: false };
    });
    for (const namespace of ['island', 'island-of-ours']) {
      onLoad({ filter: /./, namespace }, async ({ path: name }) => ({
        contents: shore(name, brotliCompressSync(await textOf(name)).toString('base64')),
        resolveDir: process.cwd(),
      }));
    }
  },
};

async function textOf(name: string): Promise<string> {
  const source = isOurs(name) ? `./${name}` : name;
  const { outputFiles } = await build({
    stdin: { contents: `module.exports = require(${JSON.stringify(source)});`, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [prunedModules({ providers: true }), sdkSources(new Set())],
  });
  return outputFiles[0]?.text ?? '';
}

const load = createRequire(path.resolve('package.json'));

/** What stands for the package: exports that land on the island when something is done with them. */
function shore(name: string, compressed: string): string {
  const { isClass, names } = exportsOf(name);
  return [
    `import { landOn, later } from 'in-bundle';`,
    'let landed;',
    `const land = () => (landed ??= landOn(${JSON.stringify(name)}, ${JSON.stringify(compressed)}));`,
    ...names.map((key) => `export const ${key} = /* @__PURE__ */ later(() => land().${key});`),
    `export default /* @__PURE__ */ later(() => land()${isClass ? '' : '.default'});`,
  ].join('\n');
}

function exportsOf(name: string): { isClass: boolean; names: string[] } {
  if (isOurs(name)) {
    const functions = readFileSync(name, 'utf8').matchAll(/^export function (\w+)/gm);
    return { isClass: false, names: [...functions].map(([, key]) => key ?? '') };
  }
  const exported: unknown = load(name);
  if (typeof exported === 'function') return { isClass: true, names: [] };
  return { isClass: false, names: Object.keys(Object(exported)).filter((key) => key !== 'default') };
}

function isOurs(name: string): boolean {
  return name.endsWith('.ts');
}
