import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** Modules of Node that take a while to start, for cases that most requests are not: compressed answers, the portal. */
const LATE = /^(node:)?zlib$/;

/** Starts them when something of theirs is first used. */
export const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: LATE }, ({ path: name, namespace, kind }) =>
      namespace.startsWith('late') ? undefined : { path: name.replace('node:', ''), namespace: `late-${kind}` },
    );
    onLoad({ filter: LATE, namespace: 'late-require-call' }, ({ path: name }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) => require('node:${name}')[key] });`,
    }));
    onLoad({ filter: LATE, namespace: 'late-import-statement' }, ({ path: name }) => ({
      contents: [`import { later } from 'in-bundle';`, ...functionsOf(name).map((key) => lateFunction(name, key))].join(
        '\n',
      ),
      resolveDir: process.cwd(),
    }));
  },
};

function lateFunction(builtin: string, name: string): string {
  return `export const ${name} = /* @__PURE__ */ later(() => require('node:${builtin}').${name});`;
}

const load = createRequire(path.resolve('package.json'));

function functionsOf(builtin: string): string[] {
  const exported: Record<string, unknown> = { ...Object(load(`node:${builtin}`)) };
  return Object.keys(exported).filter((key) => typeof exported[key] === 'function');
}
