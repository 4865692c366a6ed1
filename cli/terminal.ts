import { createColors } from 'picocolors';
import { visible } from '../shared/log/log.ts';
import { redactor } from '../shared/log/sanitize.ts';

/** Where a command writes: one JSON answer to stdout, everything for people to stderr, and no secret to either. */
export type Terminal = {
  /** Of what is not for a pipe. */
  readonly say: (text: string) => void;
  readonly answer: (value: unknown) => void;
  /** Prints as it is, on stdout. */
  readonly print: (text: string) => void;
  readonly debug: (text: string) => void;
  readonly colors: ReturnType<typeof createColors>;
  /** A person can be asked. */
  readonly isInteractive: boolean;
  /** stderr can show a bar. */
  readonly isLive: boolean;
  readonly wantsJson: boolean;
  /** From now on these texts are shown as `***`. */
  readonly hide: (secrets: readonly (string | undefined)[]) => void;
};

export type Streams = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
};

export function createTerminal(
  { stdin, stdout, stderr }: Streams,
  {
    json,
    debug,
    variables,
  }: { json: boolean; debug: boolean; variables: Readonly<Record<string, string | undefined>> },
): Terminal {
  let secrets: readonly (string | undefined)[] = [];
  let redact = redactor([]);
  const isLive = stderr.isTTY === true && variables['CI'] === undefined && variables['TERM'] !== 'dumb';
  const isColored = stderr.isTTY === true && !variables['NO_COLOR'] && variables['TERM'] !== 'dumb';
  const say = (text: string) => void stderr.write(`${withColors(redact(text), isColored)}\n`);
  return {
    say,
    answer: (value) => void stdout.write(`${visible(redact(JSON.stringify(value, null, 2)))}\n`),
    print: (text) => void stdout.write(`${redact(text)}\n`),
    debug: (text) => (debug ? say(`debug: ${text}`) : undefined),
    colors: createColors(isColored),
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    isLive,
    wantsJson: json || stdout.isTTY !== true,
    hide: (more) => {
      secrets = [...secrets, ...more];
      redact = redactor(secrets);
    },
  };
}

/** What comes from files and from the account must not move the cursor or paint over what is shown; the colours are ours. */
function withColors(text: string, isColored: boolean): string {
  if (!isColored) return visible(text);
  return text
    .split(COLOR)
    .map((part, k) => (k % 2 === 1 ? part : visible(part)))
    .join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's colours begin with one.
const COLOR = /(\u001b\[\d+m)/;
