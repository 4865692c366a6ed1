import { createRequire } from 'node:module';
import path from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import { build, type Plugin } from 'esbuild';

/**
 * Runs each `*.validator.ts` at build time and puts the code that ajv generated for its exports in its place: loading
 * ajv and compiling a schema would cost every cold start more than all the rest.
 */
export const standaloneValidators: Plugin = {
  name: 'standalone-validators',
  setup({ onLoad }) {
    onLoad({ filter: /\.validator\.ts$/ }, async ({ path: file }) => {
      const validators = Object.entries(await evaluate(file));
      return {
        contents: validators.map(([name, validate]) => exported(name, validate)).join('\n'),
        resolveDir: path.resolve('node_modules'),
        loader: 'js',
      };
    });
  },
};

const ajv = new Ajv({ code: { source: true } });

function exported(name: string, validate: ValidateFunction): string {
  const code = standaloneCode(ajv, validate);
  return `const ${name}Module = { exports: {} };\n(function (module, exports) {${code}})(${name}Module, ${name}Module.exports);
module.exports.${name} = ${name}Module.exports;`;
}

async function evaluate(file: string): Promise<Record<string, ValidateFunction>> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '')(
    module,
    module.exports,
    createRequire(path.resolve('package.json')),
  );
  return module.exports;
}
