import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What build/portal-page.ts puts into the bundle.
    alias: { 'portal:page': fileURLToPath(new URL('test/portal/built-page.ts', import.meta.url)) },
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Most tests wait for sockets and processes, not for the processor.
    maxWorkers: 6,
    coverage: {
      provider: 'v8',
      include: ['functions/**/*.ts', 'shared/**/*.ts'],
      // Entry files only wire: the bundle tests run them. What runs in a browser is tested in one.
      exclude: ['functions/*/index.ts', 'functions/*/portal/browser/**'],
      reporter: ['text-summary', 'json-summary'],
      // Which branches a random schedule takes is up to the moment's timing, here and there.
      thresholds: { lines: 100, branches: 99.5 },
    },
  },
});
