import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Import, importsOf } from '../support/imports.ts';
import { violations } from './import-rules.ts';

const FOLDERS = ['functions', 'shared', 'portal', 'local-cloud', 'cli'];

describe('the imports of this repository', () => {
  let imports: Import[];
  beforeAll(async () => {
    imports = await importsOf(process.cwd(), FOLDERS, ['.', 'portal/ui']);
  });

  it('keep to the table of docs/architecture.md, at any depth', () => {
    expect(imports.length).toBeGreaterThan(800);
    expect(violations(imports)).toEqual([]);
  });

  it('reach no test, no build and no local cloud from what is deployed', () => {
    const deployed = imports.filter(({ from }) => !/^(local-cloud|cli)\//.test(from));
    expect(deployed.filter(({ to }) => /^(test|build|bench|local-cloud|cli)\//.test(to))).toEqual([]);
  });
});

describe('a wrong import is found', () => {
  const wrong: [what: string, from: string, text: string][] = [
    [
      'of another function, three levels deep',
      'functions/detach-key-pair/detach/deep/er/x1.ts',
      `import { y } from '../../../../reboot-instances/y.ts';\nexport const x = y;`,
    ],
    [
      "of another function's type alone",
      'functions/remove-public-key/a/b/c/x2.ts',
      `import type { Y } from '../../../../reboot-instances/y.ts';\nexport type X = Y;`,
    ],
    [
      'of a type inside a type',
      'functions/reboot-instances/a/b/x3.ts',
      `export type X = import('../../../detach-key-pair/queue/y.ts').Y;`,
    ],
    [
      'that is loaded when it is used',
      'functions/reboot-instances/a/b/c/x4.ts',
      `export const x = () => import('../../../../detach-key-pair/queue/y.ts');`,
    ],
    [
      'that hands on what it imports',
      'functions/detach-key-pair/inspect/a/b/x5.ts',
      `export * from '../../../queue/y.ts';`,
    ],
    ['of what calls it', 'functions/detach-key-pair/queue/a/b/x6.ts', `export * from '../../../run-request.ts';`],
    ['of HTTP by the request', 'functions/detach-key-pair/request/a/x7.ts', `export * from '../../http/y.ts';`],
    [
      'of a function by what is shared',
      'shared/a/b/c/x8.ts',
      `export * from '../../../../functions/reboot-instances/y.ts';`,
    ],
    ['of an SDK outside its folder', 'shared/a/b/x9.ts', `import '@alicloud/ecs20140526';`],
    [
      'of an SDK by require',
      'functions/reboot-instances/a/x10.ts',
      `declare const require: (name: string) => unknown;\nexport const x = () => require('@alicloud/fc2/lib/client');`,
    ],
    ['of a test', 'functions/detach-key-pair/http/a/b/x11.ts', `export * from '../../../../../test/y.ts';`],
    ['of ours by the local cloud', 'local-cloud/a/b/x12.ts', `export * from '../../../shared/y.ts';`],
    ['of a package by the local cloud', 'local-cloud/a/b/x13.ts', `import 'p-limit';`],
    ['of much by the portal', 'portal/core/a/b/x14.ts', `export * from '../../../../shared/y.ts';`],
    [
      'of a function by setup',
      'cli/setup/x1.ts',
      `import { y } from '../../functions/reboot-instances/y.ts';\nexport const x = y;`,
    ],
    [
      "of a function's inside by the program",
      'cli/a/x15.ts',
      `export * from '../../functions/detach-key-pair/queue/y.ts';`,
    ],
  ];
  const places = [
    'functions/reboot-instances/y.ts',
    'functions/detach-key-pair/queue/y.ts',
    'functions/detach-key-pair/http/y.ts',
    'functions/detach-key-pair/run-request.ts',
    'shared/y.ts',
    'test/y.ts',
    'portal/core/y.ts',
    'local-cloud/y.ts',
  ];
  let found: string[];

  beforeAll(async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'imports-'));
    const write = (file: string, text: string) => {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    };
    try {
      const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
      write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, types: [] } }));
      for (const file of places) write(file, 'export const y = 1;\nexport type Y = 1;\n');
      for (const [, file, text] of wrong) write(file, text);
      found = violations(await importsOf(root, FOLDERS, ['.']));
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it.each(wrong)('%s', (_, file) => {
    expect(found.filter((one) => one.startsWith(`${file} → `))).toHaveLength(1);
  });

  it('and no other', () => {
    expect(found).toHaveLength(wrong.length);
  });
});

it('have a line in docs/architecture.md for each folder of detach-key-pair that has a rule of its own', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  for (const name of ['http', 'event', 'request', 'detach', 'inspect', 'places', 'queue', 'stop', 'answer']) {
    expect(existsSync(`functions/detach-key-pair/${name}`), name).toBe(true);
    expect(page).toContain(`\`${name}/\``);
  }
});
