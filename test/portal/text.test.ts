import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { en } from '../../portal/text/en.ts';
import { formatOf } from '../../portal/text/format.ts';
import { languageOf } from '../../portal/text/languages.ts';
import { textOf } from '../../portal/text/text.ts';
import { zh } from '../../portal/text/zh.ts';

type Entry = readonly [path: string, value: unknown];

/** Every text, by its path; of a function, its source. */
function entriesOf(value: unknown, path = ''): Entry[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value)]];
  return Object.entries(value ?? {}).flatMap(([name, one]) => entriesOf(one, `${path}.${name}`));
}

const english = entriesOf(en(formatOf('en')));
const chinese = entriesOf(zh(formatOf('zh-CN')));
/** Messages of the function are told in Chinese by code, and are English as they come. */
const isMessage = ([path]: Entry) => path.startsWith('.messages.');
/** What is the same in both, being a name, or is made of other texts alone. */
const SAME = ['.locale', '.places', '.someOf', '.count', '.says'];

describe('the texts of the page', () => {
  it('are the same ones in both languages', () => {
    const paths = (entries: readonly Entry[]) => entries.filter((entry) => !isMessage(entry)).map(([path]) => path);
    expect(paths(chinese)).toEqual(paths(english));
    const messages = chinese.filter(isMessage).map(([path]) => path);
    expect(messages).toEqual(expect.arrayContaining(english.filter(isMessage).map(([path]) => path)));
  });

  it('are Chinese in Chinese, and not in English', () => {
    const isHan = ([, value]: Entry) => /\p{Script=Han}/u.test(String(value));
    expect(english.filter(isHan)).toEqual([]);
    expect(
      chinese
        .filter((entry) => !isHan(entry))
        .map(([path]) => path)
        .filter((path) => !SAME.includes(path)),
    ).toEqual([]);
  });

  it('stand nowhere else: a component has no words of its own', () => {
    for (const file of readdirSync('portal/ui').filter((name) => name.endsWith('.tsx'))) {
      const source = readFileSync(`portal/ui/${file}`, 'utf8').replace(/\/\*\*?[\s\S]*?\*\/|\/\/.*$/gm, '');
      const words = [...source.matchAll(/>\s*([^<>{}()=;]*[A-Za-z]{3,}[^<>{}()=;]*)\s*<\//g)].map(([, word]) =>
        word?.trim(),
      );
      const attributes = [...source.matchAll(/(?:label|hint|title|placeholder|aria-label)="([^"]+)"/g)].map(
        ([, word]) => word,
      );
      expect([file, ...words, ...attributes]).toEqual([file]);
    }
  });
});

describe('numbers, durations and times', () => {
  it.each([
    [0.4, '0 sec'],
    [59.4, '59 sec'],
    [60, '1 min'],
    [750, '12 min 30 sec'],
    [3_600, '1 hr'],
    [3_900, '1 hr 5 min'],
  ])('%f s is %s', (seconds, text) => {
    expect(formatOf('en').duration(seconds)).toBe(text);
  });

  it('are in the form of the person', () => {
    const at = Date.parse('2026-11-24T08:00:00Z');
    expect(formatOf('de').count(1_234.4)).toBe('1.234,4');
    expect(formatOf('zh-CN').duration(90)).toBe('1分钟 30秒');
    expect(formatOf('en-GB').moment(at)).toMatch(/24 Nov 2026/);
    expect(formatOf('zh-CN').moment(at)).toMatch(/2026年11月24日/);
    expect(textOf('en', ['en-GB']).stillWorks).toContain('key');
    expect(textOf('en', ['en-US@posix', 'de']).count(1)).toBe('1 instance');
    expect(textOf('zh', ['en']).count(1_200)).toBe('1,200 台实例');
  });

  it.each([
    [['zh-TW', 'en'], 'zh'],
    [['de', 'en-GB', 'zh'], 'en'],
    [['fr'], 'en'],
    [[''], 'en'],
  ])('%j is spoken to in %s', (preferred, language) => {
    expect(languageOf(preferred)).toBe(language);
  });
});
