import { readFileSync } from 'node:fs';
import type { sections } from 'removal:script';
import type { Plugin } from 'esbuild';

/** Puts the script into the bundle, in the place of `removal:script`. */
export const removalScript: Plugin = {
  name: 'removal-script',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^removal:script$/ }, ({ path }) => ({ path, namespace: 'script' }));
    onLoad({ filter: /.*/, namespace: 'script' }, () => ({
      contents: `export const sections = ${JSON.stringify(readScript())};`,
      loader: 'js',
    }));
  },
};

/**
 * The sections of the script as they are sent: without comments, indentation, empty lines, and blanks that mean nothing, and with short
 * names for functions. Each call of RunCommand has them in its URL, so they stay under 8 KB.
 */
export function readScript(): typeof sections {
  const source = readFileSync('functions/remove-public-key/script/remove-public-key.sh', 'utf8');
  const text = compact(source);
  const [common, remove, close, check, main] = text.split(/^# --- (?:For \w+=\w+|Main) ---\n/m);
  if (remove === undefined || close === undefined || check === undefined || main === undefined)
    throw new Error('The script lacks a section.');
  return { common: String(common), remove, close, check, main };
}

function compact(source: string): string {
  const lines = source.split('\n').map((line) => line.trimStart());
  const kept = lines.filter((line) => line !== '' && !/^#(?! --- (?:For|Main))/.test(line)).join('\n');
  // Single quotes stand around programs for awk, and around words without blanks.
  const parts = kept.split("'").map((part, k) => (k % 2 === 0 ? compactShell(part) : compactAwk(part)));
  return shortenNames(parts.join("'"));
}

/** Of the shell's functions whose names have an underscore: those words stand for nothing else. */
function shortenNames(text: string): string {
  const names = [...text.matchAll(/^(\w+_\w+)\(\)/gm)].map(([, name]) => String(name));
  return names.reduce((shorter, name, k) => shorter.replaceAll(name, `f${k}`), text);
}

function compactShell(text: string): string {
  return text
    .replace(/\$\(\([^)\n]*\)\)/g, (sum) => sum.replaceAll(' ', ''))
    .replace(/ (\|\|?|&&|;;)(?= |\n|$)/g, '$1')
    .replace(/(\|\|?|&&|;) /g, '$1')
    .replace(/\(\) (?=[{(])/g, '()')
    .replace(/^([^\s=(]+\)) /gm, '$1')
    .replace(/(?<!\d) (?=(?:>>?|<)["&/])/g, '');
}

/** Strings and regular expressions stay as they are. */
function compactAwk(program: string): string {
  if (!program.includes('{')) return program;
  return program.replace(
    /("(?:\\.|[^"\\])*"|\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n[])+\/)| *([=~?:,;{}()&|!<>+-]+) */g,
    (_, kept: string | undefined, operator: string) => kept ?? operator,
  );
}
