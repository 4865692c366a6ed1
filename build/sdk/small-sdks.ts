import type { Plugin } from 'esbuild';
import { lazyPackages } from '../lazy.ts';
import { prunedModules } from './pruned.ts';
import { sdkSources } from './sources.ts';
import { wordsOf } from './used.ts';

/** What makes a bundle of the official SDKs small: docs/performance.md says what each part buys. */
export function smallSdks(entryPoints: readonly string[]): Plugin[] {
  const words = wordsOf(['functions', 'shared'], entryPoints);
  return [lazyPackages, prunedModules, sdkSources(words)];
}
