import { onTestFinished } from 'vitest';
import { makeKeys } from './keys.ts';
import { runScript, SYSTEM, type Tree, withAlice } from './tree.ts';

export const keys = makeKeys();
/** A file with the leaked key and another, and what has to be left of it. */
export const both = `${keys.leaked} a\n${keys.other} o\n`;
export const rest = `${keys.other} o\n`;

/** A tree whose user alice has such a file, or one with this text; it goes when the test ends. */
export function alice(text?: string): Tree {
  const tree = withAlice(keys, text);
  onTestFinished(() => tree.remove());
  return tree;
}

export const remove = (tree: Tree, tools = SYSTEM) => runScript(tree, tools, { mode: 'remove', key: keys.leaked });
export const check = (tree: Tree, tools = SYSTEM) => runScript(tree, tools, { mode: 'check', key: keys.leaked });
