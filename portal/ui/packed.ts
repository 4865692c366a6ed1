import { piped } from '../core/link.ts';

/** The style sheet and the longer texts, deflated, in base64: the build puts them here. */
declare const PACKED: string;

/** The texts, by the numbers that the build has put in their place. */
export const packed: string[] = [];

/** Before anything is shown: the page adopts its style, and knows its texts. */
export async function unpack(): Promise<void> {
  const bytes = Uint8Array.from(atob(PACKED), (character) => character.charCodeAt(0));
  const text = new TextDecoder().decode(await piped(bytes, new DecompressionStream('deflate-raw')));
  const [style = '', ...texts] = text.split('\n');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet];
  packed.push(...texts);
}
