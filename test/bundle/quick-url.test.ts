import url from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { format, parse } from '../../build/sdk/quick-url.ts';

/** As far as the SDK core and its HTTP client look at a URL. */
function looked({ protocol, hostname, port, path, query }: ReturnType<typeof parse>) {
  return { protocol, hostname, port, path, query };
}

const part = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 20 });
const scheme = fc.constantFrom('http', 'https', 'HTTPS', 'ftp', '');
const host = fc.oneof(part('abz019.-'), part('aZ:@[]%_'), fc.constantFrom('127.0.0.1', 'ecs.aliyuncs.com'));
const port = fc.oneof(
  fc.constant(''),
  fc.nat(70_000).map((number) => `:${number}`),
  fc.constant(':'),
);
const path = part('/a.%20~!$&\'()*+,;=:@ \\^`{}|<>"ü#?');
const query = fc.option(part("a=&%5B1-._~!'()*+/?#{}|\\ ü"));

describe('the quick parser of URLs', () => {
  it('gives what that of Node gives', () => {
    fc.assert(
      fc.property(scheme, host, port, path, query, (protocol, name, number, pathname, search) => {
        const text = `${protocol}://${name}${number}${pathname && `/${pathname}`}${search === null ? '' : `?${search}`}`;
        let expected: ReturnType<typeof parse>;
        try {
          expected = url.parse(text);
        } catch {
          expect(() => parse(text)).toThrow();
          return;
        }
        expect(looked(parse(text))).toEqual(looked(expected));
        expect(format(parse(text))).toBe(url.format(url.parse(text)));
      }),
      { numRuns: 5_000 },
    );
  });
});
