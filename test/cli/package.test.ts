import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, run, start } from './children.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'packed-'));
  for (const name of ['home', 'empty']) mkdirSync(path.join(folder, name));
  // Built already: what is packed is what the other tests run.
  const packed = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { env: home() });
  expect(packed.stderr).toContain('fc-detach-key-pair@');
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(await run('tar', ['-xzf', path.join(folder, tarball), '-C', folder])).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function home(): Record<string, string> {
  return { HOME: path.join(folder, 'home') };
}

/** In an empty folder, with an empty home, and with none of our packages above it. */
function packed(args: readonly string[], env: Record<string, string> = {}) {
  const program = path.join(folder, 'package/dist/cli/index.js');
  return start(program, args, { cwd: path.join(folder, 'empty'), env: { ...home(), ...env } });
}

describe('the packed program', () => {
  test('holds the program, the functions and the licence, and no source', () => {
    const files = readdirSync(path.join(folder, 'package'), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining(['dist/cli/index.js', 'dist/detach-key-pair/index.js', 'LICENSE', 'README.md']),
    );
    expect(files.filter((file) => /\.ts$|^(test|functions|bench)\b|\.map$/.test(file))).toEqual([]);
  });

  test('is installed without any other package, and without a registry', async () => {
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    const args = [
      'exec',
      '--offline',
      '--yes',
      '--package',
      path.join(folder, tarball),
      '--',
      'fc-detach-key-pair',
      '--version',
    ];
    const { code, stdout } = await run('npm', args, { env: home(), cwd: path.join(folder, 'empty') });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const installed = readdirSync(path.join(folder, 'home/.npm/_npx'), { recursive: true, encoding: 'utf8' });
    const packages = installed.filter((file) => /node_modules\/(@[^/]+\/)?[^/.@]+$/.test(file));
    expect(packages.map((file) => path.basename(file))).toEqual(['fc-detach-key-pair']);
  });

  test('runs by itself: a dry run and a detach against the local cloud that is in it', async () => {
    const cloud = packed(['local-cloud', '--port', '0', '--instances', '4', '--signed']);
    const banner = await cloud.says(/NODE_EXTRA_CA_CERTS=\S+\n/);
    const url = /export URL=(\S+)/.exec(banner)?.[1] ?? '';
    const [, id = '', secret = ''] = /ACCESS_KEY_ID=(\S+) ALIBABA_CLOUD_ACCESS_KEY_SECRET=(\S+)/.exec(banner) ?? [];
    const keys = { ALIBABA_CLOUD_ACCESS_KEY_ID: id, ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret };
    const target = ['--url', url, '--region', 'cn-hangzhou', '--key-pair', 'leaked-key', '--all'];
    const looked: Ended = await packed(['dry-run', ...target], keys).ended;
    expect(looked.code).toBe(0);
    expect(JSON.parse(looked.stdout)).toMatchObject({ DryRun: 'true', TotalCount: '4' });
    const done: Ended = await packed(['detach', ...target, '--yes'], keys).ended;
    expect(JSON.parse(done.stdout)).toMatchObject({ TotalCount: '4', FailCount: '0' });
    cloud.process.kill('SIGTERM');
    expect((await cloud.ended).code).toBe(0);
  });

  test('says its version, and teaches each shell its words', async () => {
    expect((await packed(['--version']).ended).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await packed(['completion', shell]).ended;
      expect(code, shell).toBe(0);
      expect(stdout, shell).toMatch(/dry-run[\s\S]*key-pair/);
    }
    expect((await packed(['completion', 'cmd']).ended).code).toBe(2);
  });

  test.each(['detach', 'dry-run', 'verify', 'stop', 'portal', 'setup', 'local-cloud', 'completion'])(
    'shows an example with %s --help',
    async (command) => {
      const { code, stdout } = await packed([command, '--help']).ended;
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples?:\\n.*fc-detach-key-pair ${command}`));
    },
  );
});
