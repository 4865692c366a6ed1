import type { Plugin } from 'esbuild';
import { lazyPackages } from '../lazy.ts';
import { deferredModules } from './deferred.ts';
import { prunedModules } from './pruned.ts';
import { sdkSources } from './sources.ts';

/** What makes a bundle of the official SDKs small: docs/performance.md says what each part buys. */
export const smallSdks: readonly Plugin[] = [lazyPackages, deferredModules, prunedModules, sdkSources];
