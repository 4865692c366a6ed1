import { createRequire } from 'node:module';
import path from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import { build, type Plugin } from 'esbuild';

/**
 * Runs each `*.validator.ts` at build time and puts the code that ajv generated for its export in its place: loading
 * ajv and compiling a schema would cost every cold start more than all the rest.
 */
export const standaloneValidators: Plugin = {
  name: 'standalone-validators',
  setup({ onLoad }) {
    onLoad({ filter: /\.validator\.ts$/ }, async ({ path: file }) => {
      const [validator, ...others] = Object.entries(await evaluate(file));
      if (!validator || others.length > 0) throw new Error(`${file} must export one validator`);
      return { contents: standalone(...validator), resolveDir: path.resolve('node_modules'), loader: 'js' };
    });
  },
};

const ajv = new Ajv({ code: { source: true, esm: true }, messages: false });

function standalone(name: string, validate: ValidateFunction): string {
  return standaloneCode(ajv, validate)
    .replace(/^"use strict";export const validate = (\w+);export default \w+;/, `export const ${name} = $1;`)
    .replace(NOT_READ, '');
}

/** In errors, where in the schema the rule stands; in the schema, what it says to people. */
const NOT_READ = /schemaPath:"(?:[^"\\]|\\.)*",|"description":"(?:[^"\\]|\\.)*",?/g;

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
