import { createHash } from 'node:crypto';
import type { PublicKey } from './public-key.ts';

/** The run that takes the key out, and the one that only reads. */
export type RemovalMode = 'remove' | 'check';

/** What the script of remove-public-key found on one machine. */
export type RemovalReport = {
  readonly nonce: string;
  readonly mode: string;
  /** 0: the key is nowhere. 1: it is somewhere, or something could not be read or written. 2: the script cannot work. */
  readonly status: 0 | 1 | 2;
  readonly reason: string;
  readonly files: number;
  /** Lines that are still there. */
  readonly lines: number;
  readonly removed: number;
  /** A number, or `unknown`. */
  readonly sessions: string;
  /** Users that sshd accepts the key for. */
  readonly accepted: readonly string[];
  readonly unreadable: readonly string[];
};

/** By this name a later request finds the runs for one key on record. Cloud Assistant makes a file name of it. */
export function removalCommandName(mode: RemovalMode, { type, blob }: PublicKey): string {
  return `remove-public-key-${mode}-${createHash('sha256').update(`${type} ${blob}`).digest('hex').slice(0, 32)}`;
}

/** The last line of a run's output; undefined when it is not a whole result. */
export function readRemovalReport(output: string): RemovalReport | undefined {
  const groups = RESULT.exec(output)?.groups;
  const status = ([0, 1, 2] as const).find((known) => String(known) === groups?.['status']);
  if (!groups || status === undefined) return undefined;
  const textOf = (name: string) => String(groups[name]);
  const namesOf = (name: string) =>
    textOf(name)
      .split(',')
      .filter((each) => each !== '');
  return {
    nonce: textOf('nonce'),
    mode: textOf('mode'),
    status,
    reason: textOf('reason'),
    files: Number(textOf('files')),
    lines: Number(textOf('lines')),
    removed: Number(textOf('removed')),
    sessions: textOf('sessions'),
    accepted: namesOf('accepted'),
    unreadable: namesOf('unreadable'),
  };
}

/** Whether a run that only read found the key nowhere. */
export function isClean({ mode, status, lines, accepted, unreadable }: RemovalReport): boolean {
  return mode === 'check' && status === 0 && lines === 0 && accepted.length === 0 && unreadable.length === 0;
}

const RESULT = new RegExp(
  [
    /(?:^|\n)nonce=(?<nonce>\w+) mode=(?<mode>\w+) status=(?<status>[012]) reason=(?<reason>[\w-]*)/,
    /files=(?<files>\d{1,9}) lines=(?<lines>\d{1,9}) removed=(?<removed>\d{1,9}) sessions=(?<sessions>\d{1,9}|unknown)/,
    /asked=\d+ accepted=(?<accepted>\S*) unreadable=(?<unreadable>\S*)\n+$/,
  ]
    .map(({ source }) => source)
    .join(' '),
);
