import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Plugin, transform } from 'esbuild';
import { cutFields, cutModels, cutOperations, cutUncalled } from './cut.ts';

/** The packages of the official SDKs bring the TypeScript that they were compiled from. */
const SOURCES: Readonly<Record<string, string>> = {
  '@alicloud/credentials': 'src/client.ts',
  '@alicloud/ecs20140526': 'src/client.ts',
  '@alicloud/openapi-core': 'src/client.ts',
  '@alicloud/tea-typescript': 'src/tea.ts',
  '@darabonba/typescript': 'src/index.ts',
};

const MODULES = path.resolve('node_modules');
const SDK_FILE = /\/node_modules\/(@(?:alicloud|darabonba)\/[\w-]+\/src\/.*\.ts)$/;

/**
 * Bundles the SDKs from their sources: unlike of the CommonJS beside them, esbuild can tell which parts are used.
 * `words`: all that may be called or constructed by name.
 */
export function sdkSources(words: ReadonlySet<string>): Plugin {
  return {
    name: 'sdk-sources',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^@(alicloud|darabonba)\// }, ({ path: name }) => {
        const source = SOURCES[name];
        return source ? { path: path.join(MODULES, name, source), sideEffects: false } : undefined;
      });
      // Nothing that the SDKs' files import is worth keeping for being loaded alone.
      onResolve({ filter: /./ }, async ({ path: name, importer, resolveDir, kind, pluginData }) => {
        if (!SDK_FILE.test(importer) || pluginData === SEEN) return undefined;
        const found = await resolve(name, { importer, resolveDir, kind, pluginData: SEEN });
        if (found.errors.length > 0 || found.external) return undefined;
        return { path: found.path, namespace: found.namespace, suffix: found.suffix, sideEffects: false };
      });
      onLoad({ filter: SDK_FILE }, async ({ path: file }) => ({
        contents: await toJavaScript(await cut(file, words)),
        resolveDir: path.dirname(file),
      }));
    },
  };
}

const SEEN = 'resolved once';

/** Fields of a model that are only declared must not be defined: that would undo what the base class has set. */
async function toJavaScript(code: string): Promise<string> {
  const tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } };
  return (await transform(code, { loader: 'ts', target: 'node20', tsconfigRaw })).code;
}

async function cut(file: string, words: ReadonlySet<string>): Promise<string> {
  const code = await readFile(file, 'utf8');
  const name = SDK_FILE.exec(file)?.[1] ?? '';
  switch (name) {
    case '@alicloud/ecs20140526/src/client.ts':
      return cutFields(cutOperations(code, words), words);
    case '@alicloud/ecs20140526/src/models/model.ts':
      return cutModels(code, words, cutOperations(await readFile(clientOf(file), 'utf8'), words));
    default:
      return name.includes('/models/') ? cutFields(code, words) : cutUncalled(name, code);
  }
}

function clientOf(modelList: string): string {
  return path.resolve(path.dirname(modelList), '../client.ts');
}
