import { type ParseArgsConfig, parseArgs } from 'node:util';
import { surviveClosedOutput } from './closed-output.ts';

/** A command line that cannot be understood; the message says what can be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What is printed, and all that is done, for `--help`. */
export class HelpAsked extends Error {
  override readonly name = 'HelpAsked';
}

export type Flags = Readonly<Record<string, string>>;
export type Given = ReadonlyMap<string, string>;

/** `--name value` for every flag that has a description, `--name` alone for those in `switches`. */
export function readFlags(known: Flags, switches: readonly string[] = []): Given {
  checkNpmTookNone(known);
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean' } };
  for (const name of Object.keys(known)) options[name] = { type: switches.includes(name) ? 'boolean' : 'string' };
  const given = new Map<string, string>();
  try {
    const { values } = parseArgs({ options, strict: true, allowPositionals: false });
    for (const [name, value] of Object.entries(values)) if (value !== undefined) given.set(name, String(value));
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${usage(known)}`);
  }
  if (given.has('help')) throw new HelpAsked(usage(known));
  return given;
}

/** npm keeps a flag that stands before `--` for itself, and tells of it by a variable alone. */
function checkNpmTookNone(known: Flags): void {
  const taken = Object.keys(known).find((name) => process.env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined);
  if (taken === undefined) return;
  const script = process.env['npm_lifecycle_event'] ?? 'demo';
  throw new UsageError(`npm took --${taken} for itself. Flags go after \`--\`: npm run ${script} -- --${taken}`);
}

export function wholeNumber(flags: Given, name: string, fallback: number, most = 9_999_999): number {
  const text = flags.get(name);
  if (text === undefined) return fallback;
  if (!/^\d{1,7}$/.test(text) || Number(text) > most) {
    throw new UsageError(`--${name} takes a whole number up to ${most}, not "${text}"`);
  }
  return Number(text);
}

function usage(known: Flags): string {
  const lines = Object.entries(known).map(([name, description]) => `  --${name.padEnd(16)} ${description}`);
  return ['Flags (after `--`):', ...lines].join('\n');
}

/** Runs a command; a mistake in its flags is reported without a stack, with exit code 2. */
export function runCommand(command: () => Promise<void>): void {
  surviveClosedOutput();
  command().catch((error: unknown) => {
    if (error instanceof HelpAsked) {
      console.log(error.message);
      return;
    }
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  });
}
