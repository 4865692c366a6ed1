import { script } from 'removal:script';

/** `nonce`: the result repeats it, so that no older output is taken for this run's. */
export type ScriptRun = {
  readonly mode: 'remove' | 'check';
  readonly publicKey: string;
  readonly sessions: 'Keep' | 'Close';
  readonly nonce: string;
};

/** The script for one run. The message's schema lets nothing into the key that a shell does not take as it is. */
export function scriptFor({ mode, publicKey, sessions, nonce }: ScriptRun): string {
  const [type, base64] = publicKey.split(' ');
  return `#!/bin/sh\nTYPE=${type} KEY=${base64} MODE=${mode} SESSIONS=${sessions} NONCE=${nonce}\n${script}`;
}

/** What the script found on one machine. */
export type Report = {
  /** 0: the key is nowhere. 1: it is somewhere, or something could not be read or written. 2: the script cannot work. */
  readonly status: 0 | 1 | 2;
  readonly reason: string;
  readonly files: number;
  /** Lines that are still there. */
  readonly lines: number;
  readonly removed: number;
  /** A number, or `unknown`. */
  readonly sessions: string;
  /** Users for whom sshd accepts the key. */
  readonly accepted: readonly string[];
  readonly unreadable: readonly string[];
};

/** The last line of a run's output; undefined when it is not the whole result of this very run. */
export function readReport(output: string, { mode, nonce }: Pick<ScriptRun, 'mode' | 'nonce'>): Report | undefined {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const match = RESULT.exec(last);
  if (!match?.groups || !output.endsWith('\n')) return undefined;
  const { groups } = match;
  if (groups['nonce'] !== nonce || groups['mode'] !== mode) return undefined;
  const status = ([0, 1, 2] as const).find((known) => String(known) === groups['status']);
  if (status === undefined) return undefined;
  const namesOf = (text = '') => text.split(',').filter((name) => name !== '');
  return {
    status,
    reason: groups['reason'] ?? '',
    files: Number(groups['files']),
    lines: Number(groups['lines']),
    removed: Number(groups['removed']),
    sessions: groups['sessions'] ?? '',
    accepted: namesOf(groups['accepted']),
    unreadable: namesOf(groups['unreadable']),
  };
}

const RESULT = new RegExp(
  [
    /^nonce=(?<nonce>\w+) mode=(?<mode>\w+) status=(?<status>[012]) reason=(?<reason>[\w-]*)/,
    /files=(?<files>\d{1,9}) lines=(?<lines>\d{1,9}) removed=(?<removed>\d{1,9}) sessions=(?<sessions>\d{1,9}|unknown)/,
    /asked=\d+ accepted=(?<accepted>\S*) unreadable=(?<unreadable>\S*)$/,
  ]
    .map(({ source }) => source)
    .join(' '),
);
