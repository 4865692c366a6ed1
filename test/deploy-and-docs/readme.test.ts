import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cliPage } from '../../build/cli-page.ts';
import { read } from './pages.ts';

const LANGUAGES = /^README(\.zh-CN)?\.md$/;

/** What does not depend on the language a page is written in. */
function shapeOf(page: string) {
  const text = read(page);
  const fences = [...text.matchAll(/^```.*?^```$/gms)].map(([block]) => block);
  const prose = text.replace(/^```.*?^```$/gms, '');
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level),
    fences,
    commands: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code).sort(),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].flatMap(([, to = '']) => (LANGUAGES.test(to) ? [] : [to])),
    tables: [...prose.matchAll(/^\|.*$/gm)].map(([row]) => row.split('|').length),
  };
}

describe('README.zh-CN.md', () => {
  test('has the headings, the commands, the links and the tables of README.md', () => {
    expect(shapeOf('README.zh-CN.md')).toEqual(shapeOf('README.md'));
  });

  test('each links to the other', () => {
    expect(read('README.md')).toContain('(README.zh-CN.md)');
    expect(read('README.zh-CN.md')).toContain('(README.md)');
  });
});

test('README.md links to what is there', () => {
  for (const to of shapeOf('README.md').links) expect(existsSync(to), to).toBe(true);
});

test('docs/cli.md is what --help says: npm run cli-page makes it', () => {
  expect(read('docs/cli.md')).toBe(cliPage());
});
