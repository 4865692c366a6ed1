import { h } from './dom.ts';
/** Hands a text to the browser as a file to keep. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  h('a', { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
