import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFunction, FUNCTIONS } from '../../build/build.ts';

/** Every kilobyte of index.js is read at every cold start; the whole folder is what is deployed. */
const MOST_INDEX_BYTES = 160 * 1024;
const MOST_FOLDER_BYTES = 400 * 1024;

/** All packages that may reach a bundle, each with its reason: a new one has to be worth its kilobytes. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@alicloud/ecs20140526': 'the operations of ECS',
  '@alicloud/openapi-core': 'signs and sends the calls of ECS and FC 3.0',
  '@alicloud/tea-typescript': 'base class of the SDK core',
  '@darabonba/typescript': 'base classes, requests and answers of the SDK core',
  ajv: 'a helper of the validators that it has generated, no validator itself',
  httpx: 'HTTP client of the SDK core',
  debug: 'silent stub, asked for by httpx',
  'p-limit': 'what runs side by side',
  'yocto-queue': 'under p-limit',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(FUNCTIONS)('the bundle of %s', (name) => {
  let metafile: Metafile;
  let output: Metafile['outputs'][string];

  beforeAll(async () => {
    ({ metafile } = await buildFunction(name, path.join(folder, name)));
    const [only] = Object.values(metafile.outputs);
    if (!only) throw new Error('nothing was built');
    output = only;
  });

  it('is small', () => {
    expect(output.bytes).toBeLessThanOrEqual(MOST_INDEX_BYTES);
    const files = readdirSync(path.join(folder, name), { recursive: true, encoding: 'utf8', withFileTypes: true });
    const sizes = files
      .filter((file) => file.isFile())
      .map((file) => statSync(path.join(file.parentPath, file.name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_FOLDER_BYTES);
  });

  it('is ASCII alone, which V8 keeps in one byte a character', () => {
    expect(readFileSync(path.join(folder, name, 'index.js'), 'utf8')).toMatch(/^[\x20-\x7e\s]*$/);
  });

  it('holds the packages that it may hold', () => {
    const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const files = inputs.map(([input]) => input).filter((input) => input.includes('node_modules/'));
    const packages = files.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file);
    expect([...new Set(packages)].filter((found) => !(found in PACKAGES))).toEqual([]);
    expect(files.filter((file) => file.includes('/ajv/') && !file.includes('/ajv/dist/runtime/'))).toEqual([]);
  });

  it('asks for nothing but what Node has, and the files beside it', () => {
    const external = output.imports.filter((imported) => imported.external).map((imported) => imported.path);
    expect(
      external.filter(
        (asked) =>
          !/^\.\/lazy\/[\w-]+\.js$|^(node:)?(async_hooks|crypto|diagnostics_channel|fs|http|https|os|path|querystring|stream|timers\/promises|url|zlib)$/.test(
            asked,
          ),
      ),
    ).toEqual([]);
  });
});
