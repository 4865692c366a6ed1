import { fileURLToPath } from 'node:url';
import type { FunctionOptions } from '../fc/settings.ts';

/** The options of a function that echoes what it is given. */
export function echo(options: Partial<FunctionOptions> = {}): FunctionOptions {
  return { code: fileURLToPath(new URL('fixtures/echo.cjs', import.meta.url)), ...options };
}

/** JSON of a function's answer, looked at without a type. */
export function json(text: string) {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new TypeError(`no object: ${text}`);
  return { ...value };
}
