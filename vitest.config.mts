import { defineConfig } from 'vitest/config';
import { portalPageForVite } from './build/portal-page.ts';

export default defineConfig({
  plugins: [portalPageForVite],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Most tests wait for sockets and processes, not for the processor.
    maxWorkers: 4,
    coverage: {
      provider: 'v8',
      include: ['functions/**/*.ts', 'shared/**/*.ts'],
      // Entry files only wire: the bundle tests run them. What runs in a browser is tested in one.
      exclude: ['functions/*/index.ts', 'functions/*/portal/browser/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 100, branches: 100 },
    },
  },
});
