import type { FunctionOptions } from '../fc/settings.ts';

/** The bundles, deployed as s.yaml deploys them. */
export const FUNCTIONS: Readonly<Record<string, FunctionOptions>> = {
  'detach-key-pair': {
    code: 'dist/detach-key-pair/index.js',
    httpTrigger: true,
    timeoutSeconds: 300,
    asyncTask: true,
    onFailure: true,
    environment: { CORS_ALLOWED_ORIGINS: '*', MAX_INSTANCES: '100000' },
  },
  'reboot-instances': {
    code: 'dist/reboot-instances/index.js',
    timeoutSeconds: 600,
    asyncTask: true,
    maxAsyncEventAgeInSeconds: 7200,
    onFailure: true,
    maxInstances: 5,
  },
  'remove-public-key': {
    code: 'dist/remove-public-key/index.js',
    timeoutSeconds: 600,
    asyncTask: true,
    maxAsyncEventAgeInSeconds: 7200,
    onFailure: true,
    maxInstances: 5,
  },
};
