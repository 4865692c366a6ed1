import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** What the SDKs refer to and no path of ours reaches, by path below node_modules, and what it is for. */
const PRUNED: readonly (readonly [RegExp, string])[] = [
  [/^@darabonba\/typescript\/src\/websocket\.ts$/, 'operations over WebSocket, by ws and three proxy agents'],
  [/^@alicloud\/credentials\/src\/rsa_key_pair_credential\.ts$/, 'key pairs of the Japan site'],
  [/^ali-oss\//, 'uploads of code and layers'],
  [/^axios\//, 'uploads of code and layers'],
  [/^ws\//, 'terminals inside an instance of a function'],
  [/^@alicloud\/fc2\/es5\//, 'Node before version 8'],
];

/** A stub in place of each such module: loading it costs next to nothing, using it throws. */
export const prunedModules: Plugin = {
  name: 'pruned-modules',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^in-bundle$/ }, () => ({ path: IN_BUNDLE, sideEffects: false }));
    onLoad({ filter: /\/node_modules\// }, async ({ path: file }) => {
      const name = file.slice(file.lastIndexOf(MODULES) + MODULES.length);
      const why = PRUNED.find(([pattern]) => pattern.test(name))?.[1];
      if (!why) return undefined;
      const contents = name.endsWith('.ts') ? esStub(name, why, await readFile(file, 'utf8')) : cjsStub(name, why);
      return { contents, resolveDir: path.dirname(file) };
    });
    // What it prints holds signatures and tokens, so it stays silent rather than throws.
    onLoad({ filter: /\/node_modules\/debug\// }, () => ({ contents: SILENCE }));
    // A package names itself and its version as the user agent, and reads nothing else there.
    onLoad({ filter: /\/node_modules\/@alicloud\/fc2\/package\.json$/ }, async ({ path: file }) => {
      const { name, version }: Record<string, unknown> = JSON.parse(await readFile(file, 'utf8'));
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};

const MODULES = '/node_modules/';
const IN_BUNDLE = path.resolve('build/sdk/in-bundle.ts');
const SILENCE = 'module.exports = () => Object.assign(() => {}, { enabled: false });';
const EXPORT = /^export (?:abstract |async )*(?:class|function|const|enum) (\w+)(?: = ('\w*');)?/gm;

/** A text stays what it is: others compare with it, and would be told nothing. */
function esStub(name: string, why: string, source: string): string {
  const made = `/* @__PURE__ */ stub(${JSON.stringify(`${name} (${why})`)})`;
  const named = [...source.matchAll(EXPORT)].map(([, key, text]) => `export const ${key} = ${text ?? made};`);
  return [`import { stub } from 'in-bundle';`, `export default ${made};`, ...named].join('\n');
}

function cjsStub(name: string, why: string): string {
  return `module.exports = require('in-bundle').stub(${JSON.stringify(`${name} (${why})`)});`;
}
