import { expect, test } from 'vitest';
import { bundledPackages } from './bundled-packages.ts';
import { read } from './pages.ts';

test('docs/advisories.md speaks of every package that reaches a bundle, and of no other', async () => {
  const rows = read('docs/advisories.md').matchAll(/^\| `([^`]+)` +\| ([\d., ]+?) +\|/gm);
  const named = [...rows].flatMap(([, name, versions = '']) =>
    versions.split(', ').map((version) => `${name}@${version}`),
  );
  expect(named.sort()).toEqual(await bundledPackages());
});
