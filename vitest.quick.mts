import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';
import all from './vitest.config.mts';

/** For daily work: no browser, no random schedules, no bundle built by a test, none that waits for large or slow work. */
export default mergeConfig(
  all,
  defineConfig({
    test: {
      exclude: [
        ...configDefaults.exclude,
        'test/properties/**',
        'test/remove-public-key/**',
        'test/portal/{access,portal,rollout}.test.ts',
        'test/bundle/**',
        'test/cli/{closed-output,demo-and-start,detach,direct,online,package,portal,setup,setup-command,terminal}.test.ts',
        'test/deploy-and-docs/{advisories,policies}.test.ts',
        'test/cli/setup-interrupted.test.ts',
        'test/security/{browser,canaries,fuzz,sizes,tokens}.test.ts',
        'test/integration/{continue,events,online,remove-public-key}.test.ts',
        'test/integration/completion/**',
        'test/integration/end-to-end/**',
        'test/integration/places/{leak,restarts}.test.ts',
        'test/integration/rollouts/**',
        'test/integration/detach/one-error-for-all.test.ts',
        'test/integration/reboots/{enqueue,reboot-instances}.test.ts',
        'local-cloud/test/{fc-runtime,http-trigger}.test.ts',
        'local-cloud/test/scale.test.ts',
      ],
    },
  }),
);
