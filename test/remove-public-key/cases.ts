import type { Keys } from './keys.ts';

/** One authorized_keys file, what sshd 9.2 says of it, and what has to be left of it. */
export type Case = {
  readonly name: string;
  readonly before: (keys: Keys) => string;
  /** Whether sshd accepts the leaked key before. */
  readonly accepted: boolean;
  readonly after: (keys: Keys) => string;
  /** Whether only ssh-keygen can tell that it is the same key. */
  readonly needsSshKeygen?: true;
  /** Whether sshd accepts the other key, before and afterwards. */
  readonly other?: false;
};

const blobOf = (key: string) => key.split(' ')[1] ?? '';
const onlyOther = ({ other }: Keys) => `${other} o\n`;

/** The leaked key in one line of its own, before the other key's. */
function lineCase(name: string, of: (keys: Keys) => string, more: Partial<Case> = {}): Case {
  return { name, before: (keys) => `${of(keys)}\n${keys.other} o\n`, accepted: true, after: onlyOther, ...more };
}

/** A line that is not the leaked key's, and stays. */
function stays(name: string, of: (keys: Keys) => string, more: Partial<Case> = {}): Case {
  const text = (keys: Keys) => `${of(keys)}\n${keys.other} o\n`;
  return { name, before: text, accepted: false, after: text, ...more };
}

export const CASES: readonly Case[] = [
  lineCase('plain', ({ leaked }) => leaked),
  lineCase('with a comment', ({ leaked }) => `${leaked} me@home`),
  {
    name: 'no final newline',
    before: ({ leaked, other }) => `${other} o\n${leaked}`,
    accepted: true,
    after: onlyOther,
  },
  lineCase('tabs and blanks', ({ leaked }) => ` \t ${leaked.replace(' ', '\t  ')}\tc`),
  lineCase('from=', ({ leaked }) => `from="127.0.0.0/8" ${leaked} c`),
  lineCase('command with escaped quotes', ({ leaked }) => `command="echo \\"a b\\"" ${leaked} c`),
  lineCase('key text in the environment option', ({ leaked, other }) => `environment="A=${other}",no-pty ${leaked} c`),
  lineCase('behind a megabyte of options', ({ leaked }) => `environment="A=${'b'.repeat(1_000_000)}" ${leaked}`),
  lineCase('several times', ({ leaked }) => `${leaked}\nno-pty ${leaked}\n${leaked} again`),
  lineCase('label rsa-sha2-512', ({ leaked }) => leaked.replace('ssh-rsa', 'rsa-sha2-512')),
  lineCase('CRLF', ({ leaked }) => `${leaked}\r`),
  lineCase('CRLF after a comment', ({ leaked }) => `${leaked} c\r`),
  lineCase('vertical tab in the base64', ({ leaked }) => `${leaked.slice(0, 40)}\v${leaked.slice(40)} c`),
  lineCase('NUL after the key', ({ leaked }) => `${leaked}\0c`),
  lineCase('NUL in the line before', ({ leaked }) => `# a\0b\n${leaked}`, {
    after: (keys) => `# a\0b\n${onlyOther(keys)}`,
  }),
  lineCase('zeros before the exponent', ({ zerosInExponent }) => zerosInExponent, { needsSshKeygen: true }),
  lineCase('zeros before the modulus', ({ zerosInModulus }) => `no-pty ${zerosInModulus} c`, { needsSshKeygen: true }),
  {
    name: 'zeros, in a file that begins like a private key',
    before: ({ zerosInModulus, other }) => `${other} PRIVATE KEY\n${zerosInModulus}\n`,
    accepted: true,
    after: ({ other }) => `${other} PRIVATE KEY\n`,
    needsSshKeygen: true,
  },
  lineCase('expired', ({ leaked }) => `expiry-time="20200101" ${leaked}`, { accepted: false }),
  lineCase('as certificate authority', ({ leaked }) => `cert-authority ${leaked}`, { accepted: false }),
  stays('commented out', ({ leaked }) => `# ${leaked}\n #${leaked}`),
  stays('in the comment of another key', ({ leaked, other }) => `${other} ${leaked}`),
  stays('in the options of another key', ({ leaked, other }) => `command="${leaked}" ${other} c`),
  stays(
    'in escaped quotes in the options of another key',
    ({ leaked, other }) => `command="a \\"${leaked}\\"" ${other} c`,
  ),
  stays('upper-case type', ({ leaked }) => leaked.replace('ssh-rsa', 'SSH-RSA')),
  stays('unbalanced quote', ({ leaked }) => `command="a ${leaked}`),
  stays('garbage after the base64', ({ leaked }) => `${leaked}!`),
  stays('base64 cut off', ({ leaked }) => leaked.slice(0, -3)),
  stays('byte order mark', ({ leaked }) => `\uFEFF${leaked}`),
  stays('base64 alone', ({ leaked }) => blobOf(leaked)),
  { name: 'empty', before: () => '', accepted: false, after: () => '', other: false },
  { name: 'the key alone', before: ({ leaked }) => `${leaked}\n`, accepted: true, after: () => '', other: false },
];
