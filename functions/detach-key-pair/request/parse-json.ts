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

function whyNoJson(text: string, said: string): string {
  const at = breakOf(text, said);
  const lines = text.slice(0, at).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  const before = text.slice(0, at).trimEnd().at(-1);
  const there = text.charAt(at);
  if (at >= text.trimEnd().length) return `it is not valid JSON: it ends too early, at ${place}`;
  if (before === ',' && /[\]}]/.test(there)) return `it is not valid JSON at ${place}: a comma is too much there`;
  if (/['\u2018\u2019\u201c\u201d]/.test(there))
    return `it is not valid JSON at ${place}: texts stand in double quotes`;
  if (/[a-z]/i.test(there)) return `it is not valid JSON at ${place}: only true, false and null stand without quotes`;
  return `it is not valid JSON at ${place}`;
}

/** V8 says where it stopped, but not where a value begins with what cannot begin one. */
function breakOf(text: string, said: string): number {
  const told = positionIn(said, text);
  if (told !== undefined) return told;
  // The longest beginning that could still become JSON.
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function couldGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    return positionIn(String(error), text) === text.length;
  }
}

function positionIn(said: string, text: string): number | undefined {
  if (said.includes('Unexpected end of JSON input')) return text.length;
  const position = /at position (\d+)/.exec(said)?.[1];
  return position === undefined ? undefined : Number(position);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
