import type { Plugin } from 'esbuild';

/** httpx needs it for a compressed answer, which no service of ours sends unasked: it is loaded when one comes. */
const ZLIB = ['createGunzip', 'createInflate']
  .map((name) => `exports.${name} = () => require('node:zlib').${name}();`)
  .join('\n');

/** Modules of Node that the SDKs load at their start, and that hardly a call uses. */
export const deferredModules: Plugin = {
  name: 'deferred-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^zlib$/ }, ({ importer }) =>
      importer.includes('/node_modules/httpx/') ? { path: 'zlib', namespace: 'deferred' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'deferred' }, () => ({ contents: ZLIB, loader: 'js' }));
  },
};
