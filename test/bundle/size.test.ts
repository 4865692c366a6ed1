import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFunction, FUNCTIONS } from '../../build/build.ts';

/** Every kilobyte is read at every cold start. The second number is what is out of the way: islands and the portal. */
const LIMITS = {
  'detach-key-pair': [175_000, 250_000],
  'reboot-instances': [125_000, 160_000],
  'remove-public-key': [140_000, 178_000],
} as const;

/** All that may reach a bundle, and what for. Whoever adds a package decides that it is worth its kilobytes. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@alicloud/credentials': 'static credentials behind the SDK core',
  '@alicloud/ecs20140526': 'the operations of ECS',
  '@alicloud/openapi-core': 'signs and sends the calls of ECS and FC 3.0',
  '@alicloud/tea-typescript': 'base class of the SDK core',
  '@darabonba/typescript': 'base classes, requests and answers of the SDK core',
  ajv: 'a helper of the validators that it has generated, no validator itself',
  httpx: 'HTTP client of the SDK core',
  debug: 'silent stub, asked for by httpx',
  'p-map': 'batches side by side',
};

const ISLANDS = ['island:@alicloud/credentials', 'island:@alicloud/fc2', 'island:standardwebhooks', 'island:xml2js'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(FUNCTIONS)('the bundle of %s', (name) => {
  let metafile: Metafile;
  let output: Metafile['outputs'][string];

  beforeAll(async () => {
    ({ metafile } = await buildFunction(name, path.join(folder, `${name}.js`)));
    const [only] = Object.values(metafile.outputs);
    if (!only) throw new Error('nothing was built');
    output = only;
  });

  it('is small', () => {
    const [read, whole] = LIMITS[name];
    const aside = Object.entries(output.inputs).filter(([input]) => /^(island|island-of-ours|portal):/.test(input));
    const asideBytes = aside.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    expect(output.bytes).toBeLessThan(whole);
    expect(output.bytes - asideBytes).toBeLessThan(read);
  });

  it('holds the packages that it may hold', () => {
    const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const files = inputs.map(([input]) => input).filter((input) => input.includes('node_modules/'));
    const packages = files.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file);
    expect([...new Set(packages)].filter((found) => !(found in PACKAGES))).toEqual([]);
    expect(files.filter((file) => file.includes('/ajv/') && !file.includes('/ajv/dist/runtime/'))).toEqual([]);
    const islands = inputs.map(([input]) => input).filter((input) => input.startsWith('island:'));
    expect(islands.filter((island) => !ISLANDS.includes(island))).toEqual([]);
  });

  it('asks for nothing but what Node has', () => {
    const external = output.imports.filter((imported) => imported.external).map((imported) => imported.path);
    expect(
      external.filter(
        (asked) =>
          !/^(node:)?(async_hooks|crypto|diagnostics_channel|fs|http|https|os|querystring|stream|timers\/promises|url|vm|zlib)$/.test(
            asked,
          ),
      ),
    ).toEqual([]);
  });
});
