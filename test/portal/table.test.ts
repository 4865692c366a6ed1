import { describe, expect, it } from 'vitest';
import { csvOf } from '../../portal/core/csv.ts';
import { secondsLeft } from '../../portal/core/pace.ts';
import { byCode, picked, sorted } from '../../portal/core/pick.ts';
import { visibleRows } from '../../portal/core/window.ts';

const row = (id: string, code: string, message = '') => ({ id, code, message });
const rows = [row('i-b', 'Forbidden.RAM', 'Denied'), row('i-c', '200'), row('i-a', '200')];

describe('rows', () => {
  it.each([
    ['', undefined, ['i-b', 'i-c', 'i-a']],
    [' I-C ', undefined, ['i-c']],
    ['denied', undefined, ['i-b']],
    ['', '200', ['i-c', 'i-a']],
    ['a', '200', ['i-a']],
    ['nowhere', undefined, []],
  ])('are picked by "%s" and code %s', (text, code, expected) => {
    expect(picked(rows, text, code).map(({ id }) => id)).toEqual(expected);
  });

  it('are picked by what else is known of them', () => {
    expect(picked(rows, 'db-1', undefined, ({ id }) => (id === 'i-c' ? 'db-1' : '')).map(({ id }) => id)).toEqual([
      'i-c',
    ]);
  });

  it('are sorted by text or number, up or down, equal ones as they were', () => {
    expect(sorted(rows, ({ code }) => code, false).map(({ id }) => id)).toEqual(['i-c', 'i-a', 'i-b']);
    expect(sorted(rows, ({ id }) => id, true).map(({ id }) => id)).toEqual(['i-c', 'i-b', 'i-a']);
    expect(sorted(rows, ({ message }) => message.length, true)[0]?.id).toBe('i-b');
    expect(rows[0]?.id).toBe('i-b');
  });

  it('are counted by code, the most frequent first', () => {
    expect(byCode(rows)).toEqual([
      { code: '200', message: '', count: 2 },
      { code: 'Forbidden.RAM', message: 'Denied', count: 1 },
    ]);
  });

  it.each([
    [0, 0, 19],
    [30, 0, 20],
    [3_000, 92, 119],
    [299_700, 9_982, 10_000],
    [900_000, 9_992, 10_000],
  ])('at %i px are those that can be seen, and a few more', (scrollTop, from, to) => {
    expect(visibleRows({ scrollTop, height: 300, rowHeight: 30 }, 10_000)).toEqual({ from, to });
  });

  it('are none of none', () => {
    expect(visibleRows({ scrollTop: 0, height: 0, rowHeight: 30 }, 0)).toEqual({ from: 0, to: 0 });
  });
});

describe('CSV', () => {
  it('quotes what needs it, and keeps spreadsheets from running anything', () => {
    const text = csvOf(
      ['Id', 'Message'],
      [
        ['i-a', 'a "b", c'],
        ['=1+1', '@x'],
        ['-1', '+1'],
        ['two\nlines', '\ttab'],
        ['=a,"b"', ''],
      ],
    );
    expect(text).toBe(
      '\ufeffId,Message\r\ni-a,"a ""b"", c"\r\n\'=1+1,\'@x\r\n\'-1,\'+1\r\n"two\nlines",\'\ttab\r\n"\'=a,""b""",\r\n',
    );
  });
});

describe('pace', () => {
  it('is what was done in the time it took', () => {
    expect(secondsLeft(500, 1_000, 10_000)).toBe(20);
    expect(secondsLeft(0, 1_000, 10_000)).toBeUndefined();
    expect(secondsLeft(500, 1_000, 0)).toBeUndefined();
  });
});
