import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Plugin, transform } from 'esbuild';

/** The packages of the official SDKs bring the TypeScript that they were compiled from. */
const SOURCES: Readonly<Record<string, string>> = {
  '@alicloud/credentials': 'src/client.ts',
  '@alicloud/openapi-core': 'src/client.ts',
  '@alicloud/tea-typescript': 'src/tea.ts',
  '@darabonba/typescript': 'src/index.ts',
};

const MODULES = path.resolve('node_modules');
const SDK_FILE = /\/node_modules\/@(?:alicloud|darabonba)\/[\w-]+\/src\/.*\.ts$/;

/** Bundles the SDKs from their sources: unlike of the CommonJS beside them, esbuild can tell which parts are used. */
export const sdkSources: Plugin = {
  name: 'sdk-sources',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^@(alicloud|darabonba)\// }, ({ path: name }) => {
      const [scope = '', ofScope = '', ...file] = name.split('/');
      const source =
        SOURCES[name] ?? (file[0] === 'dist' ? file.join('/').replace(/^dist(.*)js$/, 'src$1ts') : undefined);
      return source ? { path: path.join(MODULES, scope, ofScope, source), sideEffects: false } : undefined;
    });
    // Nothing that the SDKs' files import is worth keeping for being loaded alone.
    onResolve({ filter: /./ }, async ({ path: name, importer, resolveDir, kind, pluginData }) => {
      if (!SDK_FILE.test(importer) || pluginData === SEEN) return undefined;
      const found = await resolve(name, { importer, resolveDir, kind, pluginData: SEEN });
      if (found.errors.length > 0 || found.external) return undefined;
      return { path: found.path, namespace: found.namespace, suffix: found.suffix, sideEffects: false };
    });
    onLoad({ filter: SDK_FILE }, async ({ path: file }) => ({
      contents: await toJavaScript(await readFile(file, 'utf8')),
      resolveDir: path.dirname(file),
    }));
  },
};

const SEEN = 'resolved once';

/** Fields of a model that are only declared must not be defined: that would undo what the base class has set. */
async function toJavaScript(code: string): Promise<string> {
  const tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } };
  return (await transform(code, { loader: 'ts', target: 'node20', tsconfigRaw })).code;
}
