import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { OUTPUT } from './output.ts';
import { prunedModules } from './sdk/pruned.ts';
import { sdkSources } from './sdk/sources.ts';

/** Packages that few requests need: each a file of its own beside index.js, which Node reads when it is required. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@alicloud/credentials': 'lazy/credentials.js',
  '@alicloud/fc2': 'lazy/fc2.js',
};

/**
 * Modules of our own of which that is true. Each file has copies of what both need: such a module may share classes that
 * are known by their names, and no other state.
 */
const MODULES: Readonly<Record<string, string>> = {
  'functions/detach-key-pair/follow-up.ts': 'lazy/follow-up.js',
  'functions/detach-key-pair/inspect/read-backs.ts': 'lazy/verify.js',
  'functions/detach-key-pair/places/everywhere.ts': 'lazy/everywhere.js',
  'shared/alibaba/cloud-assistant.ts': 'lazy/assistant.js',
};

/** `import('…')` of such a package or module, by our own code, becomes a `require` of its file. */
export const lazyPackages: Plugin = {
  name: 'lazy-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^@alicloud\// }, ({ path: name, kind, importer }) => {
      const file = PACKAGES[name];
      const isOurs = !importer.includes('/node_modules/');
      return file && kind === 'dynamic-import' && isOurs ? { path: `./${file}`, external: true } : undefined;
    });
    onResolve({ filter: /^\..*\.ts$/ }, ({ path: file, kind, resolveDir }) => {
      const own = MODULES[path.relative('.', path.join(resolveDir, file))];
      return own && kind === 'dynamic-import' ? { path: `./${own}`, external: true } : undefined;
    });
    onResolve({ filter: /^\.\/lazy\// }, ({ path: file }) => ({ path: file, external: true }));
  },
};

/** The files that a bundle asks for, and no others. */
export async function buildLazyFiles({ outputs }: Metafile, folder: string): Promise<Metafile[]> {
  const asked = new Set(Object.values(outputs).flatMap(({ imports }) => imports.map(({ path: file }) => file)));
  const wanted = (files: Readonly<Record<string, string>>) =>
    Object.entries(files).filter(([, file]) => asked.has(`./${file}`));
  const shared = { ...OUTPUT, metafile: true, logLevel: 'warning' } as const;
  const packages = wanted(PACKAGES).map(([name, file]) =>
    build({
      stdin: { contents: `module.exports = require(${JSON.stringify(name)});`, resolveDir: path.resolve('.') },
      outfile: path.join(folder, file),
      ...shared,
      plugins: [prunedModules, sdkSources],
    }),
  );
  const modules = wanted(MODULES).map(([module, file]) =>
    build({ entryPoints: [module], outfile: path.join(folder, file), ...shared, plugins: [prunedModules, sdkSources] }),
  );
  return (await Promise.all([...packages, ...modules])).map(({ metafile }) => metafile);
}
