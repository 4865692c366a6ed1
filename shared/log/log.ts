import { sanitizeMessage } from './sanitize.ts';

const LEVELS = { debug: 10, info: 20, warn: 30, error: 40 } as const;
export type LogLevel = keyof typeof LEVELS;
type Fields = Readonly<Record<string, unknown>>;

/** One JSON object a line; FC puts its own time, request id and level before what `console.log` writes. */
export type Log = { readonly [L in LogLevel]: (event: string, fields?: Fields) => void };

type LogOptions = {
  requestId: string;
  level?: LogLevel;
  /** Applied to the whole line, whatever a field holds. */
  redact?: (text: string) => string;
  write?: ((line: string) => void) | undefined;
};

export function createLog({
  requestId,
  level = 'info',
  redact = (text) => text,
  write = console.log,
}: LogOptions): Log {
  const at =
    (name: LogLevel) =>
    (event: string, fields: Fields = {}) => {
      if (LEVELS[name] < LEVELS[level]) return;
      const line = JSON.stringify({ time: new Date().toISOString(), level: name, event, requestId, ...fields });
      write(visible(redact(line)));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/**
 * Text, fit for a log or a terminal: controls drive a terminal, and bidirectional marks and overrides (Unicode Standard Annex 9)
 * reorder what is read: both are shown as JSON escapes. Line feeds and tabs stay.
 */
export function visible(line: string): string {
  return line.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What a log line may say of an error: SDK messages hold URLs, so the message is cleaned and the stack is cut. */
export function causeOf(error: unknown): Fields {
  if (!(error instanceof Error)) return { message: sanitizeMessage(String(error)) };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error ? { code: error.code } : {};
  return {
    name: error.name,
    ...code,
    message: sanitizeMessage(error.message),
    at: frames.slice(0, 5).map((line) => line.trim()),
  };
}
