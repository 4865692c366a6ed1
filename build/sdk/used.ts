import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Every word of our own sources: an operation, a model, or a field of the SDK that is not among them is not used. */
export function wordsOf(folders: readonly string[], files: readonly string[]): ReadonlySet<string> {
  const found = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  );
  // The portal runs in a browser, and speaks to no SDK.
  const sources = [...found, ...files].filter((file) => file.endsWith('.ts') && !file.includes('/portal/'));
  return new Set(sources.flatMap((file) => readFileSync(file, 'utf8').match(/\w+/g) ?? []));
}
