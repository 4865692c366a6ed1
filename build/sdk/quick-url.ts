import url from 'node:url';

// Stands for `url` where the SDK core and its HTTP client import it: they parse each call's URL twice with Node's old
// parser, which looks at thousands of characters one by one. The answer is the same, as far as the two look at it.

/** What the two read of a parsed URL. */
export type Parsed = {
  readonly href: string;
  readonly protocol: string | null;
  readonly hostname: string | null;
  readonly port: string | null;
  readonly path: string | null;
  readonly query: string | null | object;
};

/** Nothing in it to escape, to lower or to make out: the old parser would take it as it is. */
const PLAIN =
  /^(https?|HTTPS?):\/\/([a-z0-9.-]{1,255})(?::(\d{1,5}))?(\/[\w.~!$&()*+,;=:@%/-]*)?(?:\?([\w.~!$&()*+,;=:@%/?-]*))?$/;

export function parse(text: string): Parsed {
  const plain = PLAIN.exec(text);
  if (!plain) return url.parse(text);
  const [, scheme = '', hostname = '', port = null, pathname = '/', query = null] = plain;
  const path = query === null ? pathname : `${pathname}?${query}`;
  return { href: text, protocol: `${scheme.toLowerCase()}:`, hostname, port, path, query };
}

export function format({ href }: Parsed): string {
  return url.format(url.parse(href));
}
