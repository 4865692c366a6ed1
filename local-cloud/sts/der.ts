// Just enough of ASN.1's distinguished encoding (X.690) for one certificate.

export function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, ...parts);
}

export function set(...parts: Buffer[]): Buffer {
  return element(0x31, ...parts);
}

/** A positive integer in as few bytes as it takes, big-endian; a leading bit of 1 would make it negative. */
export function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return element(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

export function yes(): Buffer {
  return element(0x01, Buffer.of(0xff));
}

export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '');
  return element(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

export function octets(content: Buffer): Buffer {
  return element(0x04, content);
}

export function bits(content: Buffer, unused = 0): Buffer {
  return element(0x03, Buffer.of(unused), content);
}

/** `[n]`, with parts inside or with plain content. */
export function tagged(n: number, content: Buffer, form: 'parts' | 'plain' = 'parts'): Buffer {
  return element((form === 'parts' ? 0xa0 : 0x80) + n, content);
}

function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(n: number): Buffer {
  if (n < 0x80) return Buffer.of(n);
  return n < 0x100 ? Buffer.of(0x81, n) : Buffer.of(0x82, n >> 8, n & 0xff);
}

function base128(n: number): number[] {
  const digits = [n & 0x7f];
  for (let rest = n >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
