import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes long, the longest first: by the processor time of a whole run. */
const LONG = [
  'end-to-end/online',
  'remove-public-key/hostile',
  'portal/portal',
  'integration/remove-public-key',
  'rollouts/online-rollout',
  'integration/completion/',
  'cli/detach',
  'portal/rollout',
  'rollouts/rollout',
  'portal/access',
  'places/restarts',
  'cli/demo-and-start',
  'security/browser',
  'end-to-end/',
  'properties/',
  'rollouts/later-runs',
  'remove-public-key/',
  'security/',
  'integration/online',
  'cli/stop',
  'cli/package',
  'integration/events',
];

/** Begun last, a long one would run alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.includes(`/${name}`));
      return place < 0 ? LONG.length : place;
    };
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

export default defineConfig({
  test: {
    // What build/portal-page.ts puts into the bundle.
    alias: {
      'portal:page': fileURLToPath(new URL('test/portal/built-page.ts', import.meta.url)),
      'removal:script': fileURLToPath(new URL('test/remove-public-key/built-script.ts', import.meta.url)),
    },
    include: ['test/**/*.test.ts', 'local-cloud/test/**/*.test.ts'],
    setupFiles: ['test/support/short-waits.ts'],
    // A worker reads the sources once, not for every file of tests: half of the time otherwise.
    isolate: false,
    // Far beyond what a busy machine needs: tests wait for events, and this ends one that waits for ever.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // One more than processors: tests also wait, for sockets and processes.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    coverage: {
      provider: 'v8',
      include: ['functions/**/*.ts', 'portal/core/**/*.ts', 'shared/**/*.ts'],
      // Entry files only wire: the bundle tests run them. What runs in a browser is tested in one.
      exclude: ['functions/*/index.ts'],
      reporter: ['text-summary', 'json-summary'],
      // Which branches a random schedule takes is up to the moment's timing, here and there.
      thresholds: { lines: 98, branches: 94 },
    },
  },
});
