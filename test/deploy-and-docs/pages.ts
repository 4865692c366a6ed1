import { readdirSync, readFileSync } from 'node:fs';

/** The pages this suite vouches for; figures and the portal have suites of their own. */
export const PAGES = readdirSync('docs')
  .filter((name) => name.endsWith('.md') && !['reliability.md', 'performance.md', 'portal.md'].includes(name))
  .map((name) => `docs/${name}`);

export type Block = { readonly page: string; readonly info: string; readonly text: string };

/** The fenced blocks of a page whose info string is `info`, or begins with it. */
export function blocks(page: string, info: string): Block[] {
  const fenced = read(page).matchAll(/^```(\S[^\n]*)\n([\s\S]*?)^```$/gm);
  return [...fenced]
    .map(([, said = '', text = '']) => ({ page, info: said, text }))
    .filter((block) => block.info === info || block.info.startsWith(`${info} `));
}

export function read(page: string): string {
  return readFileSync(page, 'utf8');
}
