import { jsonOf } from '../record.ts';

/** What the runtime passes: a Buffer of JSON, perhaps with a byte order mark or in base64. Undefined when it is neither. */
export function readEvent(event: unknown): unknown {
  if (typeof event !== 'string' && !(event instanceof Uint8Array)) return event;
  const text = typeof event === 'string' ? event : textOf(event);
  return jsonIn(text) ?? (isBase64(text) ? jsonIn(Buffer.from(text, 'base64').toString('utf8')) : undefined);
}

function jsonIn(text: string): unknown {
  return jsonOf(text.replace(/^\uFEFF/, ''));
}

/** In either alphabet, in lines or not, as senders encode what they take for bytes. */
export function isBase64(text: string): boolean {
  return /^[\w+/-]+={0,2}$/.test(text.replace(/\s/g, ''));
}

/** Without a copy of the bytes, of which there may be 32 MB, and half as many again in base64. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
