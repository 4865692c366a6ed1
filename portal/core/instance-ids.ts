import { INSTANCE_ID } from '../../shared/messages/fields.ts';

/** A piece of the text, and where it stands in it. */
export type Piece = { readonly text: string; readonly start: number };

export type Reading = {
  /** Distinct, in their first order. */
  readonly ids: readonly string[];
  /** How many more times ids are there than once. */
  readonly repeats: number;
  /** What is there and is no instance id. */
  readonly strange: readonly Piece[];
};

const ID = new RegExp(INSTANCE_ID.pattern);
// Lists, quoted lists, JSON, tables, resource names, and what input methods make of commas.
const PIECE = /[^\s,;|"'`()[\]{}<>=:/\\\u200b\ufeff\uff0c\u3001\uff1b\u201c\u201d\u2018\u2019]+/g;

/** Pasted text → the instance ids in it, and what else is in it: nothing is left out without a word. */
export function readInstanceIds(text: string): Reading {
  const ids = new Set<string>();
  const strange: Piece[] = [];
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
export function withoutPieces(text: string, pieces: readonly Piece[]): string {
  let end = 0;
  let rest = '';
  for (const piece of pieces) {
    rest += text.slice(end, piece.start);
    end = piece.start + piece.text.length;
  }
  return (rest + text.slice(end)).replace(/^\s*\n/gm, '');
}
