import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** Puts the script into the bundle, in the place of `removal:script`. */
export const removalScript: Plugin = {
  name: 'removal-script',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^removal:script$/ }, ({ path }) => ({ path, namespace: 'script' }));
    onLoad({ filter: /.*/, namespace: 'script' }, () => ({
      contents: `export const script = ${JSON.stringify(buildScript())};`,
      loader: 'js',
    }));
  },
};

/**
 * The script as it is sent: without comments, indentation, empty lines, and blanks in arithmetic. Each call of RunCommand has it in its URL, so
 * it stays under 8 KB.
 */
export function buildScript(): string {
  const source = readFileSync('functions/remove-public-key/script/remove-public-key.sh', 'utf8');
  const lines = source
    .replace(/\$\(\([^)\n]*\)\)/g, (sum) => sum.replaceAll(' ', ''))
    .split('\n')
    .map((line) => line.trimStart());
  return `${lines.filter((line) => line !== '' && !line.startsWith('#')).join('\n')}\n`;
}
