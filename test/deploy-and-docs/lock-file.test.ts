import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordOf } from '../../shared/record.ts';

const lock: unknown = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const packages = Object.entries(recordOf(recordOf(lock)['packages'])).filter(([place]) => place !== '');

test('package-lock.json holds the hash of every package, and no address to load one from', () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(
    packages.filter(([, entry]) => !/^sha512-/.test(String(recordOf(entry)['integrity']))).map(([place]) => place),
  ).toEqual([]);
  expect(packages.filter(([, entry]) => 'resolved' in recordOf(entry)).map(([place]) => place)).toEqual([]);
});

test('package.json pins every dependency exactly', () => {
  const { dependencies, devDependencies } = recordOf(JSON.parse(readFileSync('package.json', 'utf8')));
  const versions = Object.entries({ ...recordOf(dependencies), ...recordOf(devDependencies) });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
});
