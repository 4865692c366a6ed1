import { detachRequestSchema } from '../../functions/detach-key-pair/request/schema.ts';

const ID = new RegExp(detachRequestSchema.properties.InstanceIds.items.pattern);
// Lists, quoted lists, JSON, tables, resource names, and what input methods make of commas.
const PIECE = /[^\s,;|"'`()[\]{}<>=:/\\\u200b\ufeff\uff0c\u3001\uff1b\u201c\u201d\u2018\u2019]+/g;
/** Whatever somebody pasted → the instance ids in it, and what else is in it: nothing is left out without a word. */
export function readInstanceIds(text) {
  const ids = new Set();
  const strange = [];
  let found = 0;
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    if (!ID.test(piece)) {
      strange.push({ text: piece, start: index });
    } else {
      ids.add(piece);
      found++;
    }
  }
  return { ids: [...ids], repeats: found - ids.size, strange };
}
/** The text with these pieces taken out. */
export function withoutPieces(text, pieces) {
  let end = 0;
  let rest = '';
  for (const piece of pieces) {
    rest += text.slice(end, piece.start);
    end = piece.start + piece.text.length;
  }
  return (rest + text.slice(end)).replace(/^\s*\n/gm, '');
}
