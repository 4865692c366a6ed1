const PROGRAM = 'fc-detach-key-pair';

/** The command that was typed, with this token: typed again, it is the same run. A secret on it is left out. */
export function goOnCommand(words: readonly string[], token: string): string {
  return [PROGRAM, ...withoutSecret(words), '--token', token].map(quoted).join(' ');
}

/** What proves that run, carried out in the same place. */
export function verifyCommand(words: readonly string[], token: string): string {
  const place: string[] = [];
  const kept = withoutSecret(words);
  for (const [at, word] of kept.entries()) {
    if (word === '--direct') place.push(word);
    const [name = '', value] = word.split(/=(.*)/s);
    if (PLACES.includes(name)) place.push(name, value ?? kept[at + 1] ?? '');
  }
  return [PROGRAM, 'verify', '--token', token, ...place].map(quoted).join(' ');
}

const PLACES = ['--function', '--fc-region', '--account-id', '--url', '--bearer'];

function withoutSecret(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--token') at++;
    else if (word === '--bearer' || word.startsWith('--bearer=')) {
      const value = word === '--bearer' ? (words[++at] ?? '') : word.slice('--bearer='.length);
      kept.push('--bearer', value.startsWith('@') ? value : '@FILE');
    } else if (!word.startsWith('--token=')) kept.push(word);
  }
  return kept;
}

/** As a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
