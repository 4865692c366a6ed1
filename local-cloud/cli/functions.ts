import path from 'node:path';
import type { FunctionOptions } from '../fc/settings.ts';

const ALL_ALLOWED = { ALLOWED_REGIONS: '*', ALLOWED_KEY_PAIRS: '*' };

const QUEUED = { asyncTask: true, maxAsyncRetryAttempts: 3, maxAsyncEventAgeInSeconds: 7200, onFailure: true };

/** The bundles of this folder, deployed as s.yaml deploys them: the same limits, every region and key pair allowed. */
export function functionsIn(folder: string): Record<string, FunctionOptions> {
  const worker = { timeoutSeconds: 600, memoryMb: 256, maxInstances: 5, environment: ALL_ALLOWED, ...QUEUED };
  return {
    'detach-key-pair': {
      code: path.join(folder, 'detach-key-pair/index.js'),
      httpTrigger: true,
      timeoutSeconds: 300,
      memoryMb: 512,
      environment: ALL_ALLOWED,
      ...QUEUED,
    },
    'reboot-instances': { code: path.join(folder, 'reboot-instances/index.js'), ...worker },
    'remove-public-key': { code: path.join(folder, 'remove-public-key/index.js'), ...worker },
  };
}
