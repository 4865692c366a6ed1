import { describe, expect, it } from 'vitest';
import { readInstanceIds, withoutPieces } from '../../portal/core/instance-ids.ts';

const A = 'i-bp1d6tsvznfghy7y0001';
const B = 'i-bp1d6tsvznfghy7y0002';

describe('pasted instance ids', () => {
  it.each([
    ['lines', `${A}\n${B}\r\n`],
    ['spaces and tabs', `  ${A} \t ${B}`],
    ['commas', `${A}, ${B},`],
    ['semicolons and bars', `${A};${B}|`],
    ['a JSON array', JSON.stringify([A, B], null, 2)],
    ['quoted lists', `'${A}' "${B}" \`${A}\``],
    ['brackets of any kind', `[(${A}) {${B}} <${A}>]`],
    ['what input methods make of commas', `${A}，${B}、${A}；`],
    ['a byte order mark', `\ufeff${A}\u200b${B}`],
  ])('are read from %s', (_, text) => {
    expect(readInstanceIds(text)).toMatchObject({ ids: [A, B], strange: [] });
  });

  it('are read from resource names, whose other parts are said', () => {
    const { ids, strange } = readInstanceIds(`acs:ecs:cn-hangzhou:12:instance/${A}`);
    expect(ids).toEqual([A]);
    expect(strange.map(({ text }) => text)).toEqual(['acs', 'ecs', 'cn-hangzhou', '12', 'instance']);
  });

  it('count once, and say how often they are repeated', () => {
    expect(readInstanceIds(`${A} ${B} ${A} ${A}`)).toEqual({ ids: [A, B], repeats: 2, strange: [] });
  });

  it('are none in nothing', () => {
    expect(readInstanceIds(' \n ')).toEqual({ ids: [], repeats: 0, strange: [] });
  });

  it.each(['web-01', 'i-', 'i-a_b', 'I-bp1d6tsvznfghy7y0001', `i-${'a'.repeat(63)}`, 'i-abc.def', 'x-i-abc'])(
    'are not %s',
    (text) => {
      expect(readInstanceIds(text).strange).toEqual([{ text, start: 0 }]);
    },
  );

  it('keep everything but the pieces that are taken out', () => {
    const text = `${A}, web-01\nRunning\n${B} web-01`;
    const { strange } = readInstanceIds(text);
    expect(withoutPieces(text, strange.slice(1))).toBe(`${A}, web-01\n${B} `);
    expect(readInstanceIds(withoutPieces(text, strange))).toEqual({ ids: [A, B], repeats: 0, strange: [] });
  });
});
