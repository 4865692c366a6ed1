import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const SOURCE = /\/(functions|shared)\/.*\.ts$/;
const IMPORT = /\bimport\((['"][^'"]+['"])\)/g;

/**
 * Makes `await import('x')` of our own sources a static import. In one file it could only put off running a module, and for
 * that esbuild wraps up, with the module, all it imports: V8 would read the whole SDK core twice.
 */
export const earlyImports: Plugin = {
  name: 'early-imports',
  setup({ onLoad }) {
    onLoad({ filter: SOURCE }, async ({ path: file }) => {
      if (file.includes('/node_modules/')) return undefined;
      const names: string[] = [];
      const code = (await readFile(file, 'utf8')).replace(IMPORT, (_, name: string) => {
        names.push(name);
        return `await early${names.length - 1}`;
      });
      const imports = names.map((name, k) => `import * as early${k} from ${name};`).join(' ');
      return names.length > 0 ? { contents: `${imports} ${code}`, loader: 'ts' } : undefined;
    });
  },
};
