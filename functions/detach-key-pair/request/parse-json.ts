import { isRecord, type UnknownRecord } from '../../../shared/record.ts';
import { malformed } from './request-error.ts';

/** JSON text of an object → the object. A byte order mark is not part of it. Throws `RequestError` saying where it breaks. */
export function parseObject(text: string): UnknownRecord {
  const value = parseJson(text);
  if (!isRecord(value)) throw malformed(`it is ${kindOf(value)}, not a JSON object`);
  return value;
}

export function parseJson(text: string): unknown {
  const plain = text.replace(/^\uFEFF/, '');
  if (plain.trim() === '') throw malformed('it is empty: send the request as a JSON object');
  try {
    return JSON.parse(plain);
  } catch (error) {
    throw malformed(whyNoJson(plain, error instanceof Error ? error.message : ''));
  }
}

/** V8 says where it stopped, but for a text that ends too early. */
function whyNoJson(text: string, said: string): string {
  const at = Number(/at position (\d+)/.exec(said)?.[1] ?? text.length);
  const lines = text.slice(0, at).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  const before = text.slice(0, at).trimEnd().at(-1);
  if (at >= text.trimEnd().length) return `it is not valid JSON: it ends too early, at ${place}`;
  if (before === ',' && /[\]}]/.test(text.charAt(at)))
    return `it is not valid JSON at ${place}: a comma is too much there`;
  if (text.charAt(at) === "'") return `it is not valid JSON at ${place}: texts stand in double quotes`;
  return `it is not valid JSON at ${place}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
