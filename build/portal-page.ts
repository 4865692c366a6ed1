import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { minify } from 'rolldown/utils';
import { detachRequestSchema } from '../functions/detach-key-pair/request/schema.ts';
import { ANY_FUNCTION, type Hashes, policyOf } from '../portal/policy.ts';
import { en } from '../portal/text/en.ts';
import { formatOf } from '../portal/text/format.ts';

const FOLDER = path.resolve('portal');
/** Stands in Preact's place: see there. */
const OWN_PREACT = path.join(FOLDER, 'ui/vdom.ts');
// Two years of browsers.
const TARGET = ['chrome120', 'firefox121', 'safari17'];

/** Puts what the function says of its page in the place of `portal:page`; the page itself lies beside index.js. */
export const portalPage: Plugin = {
  name: 'portal-page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^portal:page$/ }, ({ path: name }) => ({ path: name, namespace: 'portal' }));
    onLoad({ filter: /.*/, namespace: 'portal' }, async () => ({
      contents: `import { readFileSync } from 'node:fs';
export const hashes = ${JSON.stringify((await buildPage()).hashes)};
export const html = () => readFileSync(__dirname + '/portal.html', 'utf8');`,
      loader: 'js',
    }));
    onLoad({ filter: /\/answer\/openapi\.ts$/ }, () => ({
      contents: `import { readFileSync } from 'node:fs';
const inflate = (bytes) => require('node:zlib').inflateRawSync(bytes).toString(); // loaded for this page alone
export const openApi = () => JSON.parse(inflate(readFileSync(__dirname + '/openapi.json.z')));`,
      loader: 'js',
    }));
  },
};

/** The page, and what its policy allows by hash. */
export async function buildPage(): Promise<{ hashes: Hashes; html: string }> {
  const [template, script, style] = await Promise.all([
    readFile(path.join(FOLDER, 'page.html'), 'utf8'),
    bundled('ui/main.tsx', await namesOfTexts()).then(smaller),
    bundled('page.css'),
  ]);
  const hashes = { script: sha256(script), style: sha256(style) };
  const html = [
    ["default-src 'none'", policyOf(hashes, ANY_FUNCTION)],
    ['<link rel="stylesheet" href="page.css">', `<style>${style}</style>`],
    ['<script src="main.ts"></script>', `<script>${script}</script>`],
  ].reduce(put, template.replace(/\n\s*/g, '\n'));
  return { hashes, html };
}

/**
 * The names of texts, of which each would be in the page three times: they are shortened. Not one that stands in the
 * sources in any other place than after `text.`, as the document, an answer or what is kept may have it too.
 */
async function namesOfTexts(): Promise<RegExp> {
  const folders = ['ui', 'core'].map((name) => path.join(FOLDER, name));
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => path.join(folder, name))),
  );
  const sources = await Promise.all(files.flat().map((file) => readFile(file, 'utf8')));
  const others = new Set(
    sources
      .join('\n')
      .replace(/\btext\.\w+/g, '')
      .match(/\w+/g),
  );
  return new RegExp(
    `^(${Object.keys(en(formatOf('en')))
      .filter((name) => !others.has(name))
      .join('|')})$`,
  );
}

function put(page: string, [place = '', content = '']: readonly string[]): string {
  if (page.split(place).length !== 2) throw new Error(`page.html must hold ${place} once`);
  return page.replace(place, () => content);
}

async function bundled(file: string, mangleProps?: RegExp): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(FOLDER, file)],
    outdir: FOLDER,
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: TARGET,
    charset: 'utf8',
    legalComments: 'none',
    ...(mangleProps && { mangleProps }),
    logLevel: 'warning',
    plugins: [wordlessSchema],
    alias: { preact: OWN_PREACT, 'preact/hooks': OWN_PREACT },
    jsx: 'transform',
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    inject: [OWN_PREACT],
    tsconfigRaw: { compilerOptions: {} },
  });
  return (outputFiles[0]?.text ?? '').trim();
}

/** A second minifier finds what the first has left: it takes three percent off what goes over the wire. */
async function smaller(script: string): Promise<string> {
  const { code, errors } = await minify('page.js', script, {
    compress: { target: TARGET },
    mangle: { toplevel: true },
  });
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return code.trim();
}

/** The page and the functions check by the schema of the request; what it says to people is half of it. */
export const wordlessSchema: Plugin = {
  name: 'wordless-schema',
  setup({ onLoad }) {
    onLoad({ filter: /\/request\/schema\.ts$/ }, () => {
      const rules = JSON.stringify(detachRequestSchema, (key, value) => (key === 'description' ? undefined : value));
      return { contents: `export const detachRequestSchema = ${rules};`, loader: 'js' };
    });
  },
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
