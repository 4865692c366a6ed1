import { readFileSync } from 'node:fs';
import { UsageError } from './terminal.ts';

/** `a,b`, `@FILE` or `-` for standard input → the entries, which may be separated by commas, blanks or lines. */
export function readList(text: string, what: string): string[] {
  const content =
    text === '-' ? readText('/dev/stdin', what) : text.startsWith('@') ? readText(text.slice(1), what) : text;
  const entries = content.split(/[\s,]+/).filter((entry) => entry !== '');
  if (entries.length === 0) throw new UsageError(`${what} names none`);
  return entries;
}

/** `TOKEN`, or `@FILE`, which keeps it off the process list. */
export function readSecret(text: string, what: string): string {
  return text.startsWith('@') ? readText(text.slice(1), what).trim() : text;
}

export function readText(file: string, what: string): string {
  try {
    return readFileSync(file === '/dev/stdin' ? 0 : file, 'utf8');
  } catch (error) {
    const { code = 'unreadable' } = Object(error);
    throw new UsageError(`${what}: ${file} cannot be read (${code})`);
  }
}
