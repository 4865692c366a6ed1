import { type ParseArgsConfig, parseArgs } from 'node:util';

/** A command line that cannot be understood; the message says what can be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type Flags = Readonly<Record<string, string>>;

/** `--name value` for every flag that has a description, `--name` alone for those in `switches`. */
export function readFlags(known: Flags, switches: readonly string[] = []): Map<string, string> {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean' } };
  for (const name of Object.keys(known)) options[name] = { type: switches.includes(name) ? 'boolean' : 'string' };
  const given = new Map<string, string>();
  try {
    const { values } = parseArgs({ options, strict: true, allowPositionals: false });
    for (const [name, value] of Object.entries(values)) if (value !== undefined) given.set(name, String(value));
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${usage(known)}`);
  }
  if (given.has('help')) throw new UsageError(usage(known));
  return given;
}

export function wholeNumber(flags: ReadonlyMap<string, string>, name: string, fallback: number): number {
  const text = flags.get(name);
  if (text === undefined) return fallback;
  if (!/^\d{1,7}$/.test(text)) throw new UsageError(`--${name} takes a whole number, not "${text}"`);
  return Number(text);
}

function usage(known: Flags): string {
  const lines = Object.entries(known).map(([name, description]) => `  --${name.padEnd(16)} ${description}`);
  return ['Flags (after `--`):', ...lines].join('\n');
}

/** Runs a command; a mistake in its flags is reported without a stack. */
export function runCommand(command: () => Promise<void>): void {
  command().catch((error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  });
}
