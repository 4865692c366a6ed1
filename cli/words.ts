/** The command that was typed, with this token: typed again, it is the same run. A secret on it is left out. */
export function goOnCommand(words: readonly string[], token: string): string {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--token') at++;
    else if (word === '--bearer' || word.startsWith('--bearer=')) {
      const value = word === '--bearer' ? (words[++at] ?? '') : word.slice('--bearer='.length);
      kept.push('--bearer', value.startsWith('@') ? value : '@FILE');
    } else if (!word.startsWith('--token=')) kept.push(word);
  }
  return ['fc-detach-key-pair', ...kept, '--token', token].map(quoted).join(' ');
}

/** As a POSIX shell reads it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
