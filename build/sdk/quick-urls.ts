import path from 'node:path';
import type { Plugin } from 'esbuild';

const QUICK = path.resolve('build/sdk/quick-url.ts');
const PARSERS = /\/node_modules\/(httpx\/lib\/index\.js|@darabonba\/typescript\/src\/core\.ts)$/;

/** See quick-url.ts. */
export const quickUrls: Plugin = {
  name: 'quick-urls',
  setup({ onResolve }) {
    onResolve({ filter: /^url$/ }, ({ importer }) =>
      PARSERS.test(importer) ? { path: QUICK, sideEffects: false } : undefined,
    );
  },
};
