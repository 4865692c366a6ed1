import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { ANY_FUNCTION, policyOf } from '../functions/detach-key-pair/portal/policy.ts';

const MODULE = 'portal:page';
const FOLDER = path.resolve('functions/detach-key-pair/portal/browser');
// Two years of browsers.
const TARGET = ['chrome120', 'firefox121', 'safari17'];

/** Puts the portal, one page that needs nothing beside it, in the place of `portal:page`. */
export const portalPage: Plugin = {
  name: 'portal-page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^portal:page$/ }, ({ path: name }) => ({ path: name, namespace: 'portal' }));
    onLoad({ filter: /.*/, namespace: 'portal' }, async () => ({ contents: await pageModule(), loader: 'js' }));
  },
};

/** The same for tests of the source. */
export const portalPageForVite = {
  name: portalPage.name,
  resolveId: (name: string) => (name === MODULE ? `\0${MODULE}` : undefined),
  load: (id: string) => (id === `\0${MODULE}` ? pageModule() : undefined),
};

async function pageModule(): Promise<string> {
  const [template, script, style] = await Promise.all([
    readFile(path.join(FOLDER, 'page.html'), 'utf8'),
    bundled('main.ts'),
    bundled('page.css'),
  ]);
  const hashes = { script: sha256(script), style: sha256(style) };
  const html = [
    ["default-src 'none'", policyOf(hashes, ANY_FUNCTION)],
    ['<link rel="stylesheet" href="page.css">', `<style>${style}</style>`],
    ['<script src="main.ts"></script>', `<script>${script}</script>`],
  ].reduce(put, template.replace(/\n\s*/g, '\n'));
  const compressed = brotliCompressSync(html).toString('base64');
  return `export const hashes = ${JSON.stringify(hashes)};\nexport const compressed = ${JSON.stringify(compressed)};`;
}

function put(page: string, [place = '', content = '']: readonly string[]): string {
  if (page.split(place).length !== 2) throw new Error(`page.html must hold ${place} once`);
  return page.replace(place, () => content);
}

async function bundled(file: string): Promise<string> {
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
    logLevel: 'warning',
    tsconfig: path.join(FOLDER, 'tsconfig.json'),
  });
  return (outputFiles[0]?.text ?? '').trim();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
