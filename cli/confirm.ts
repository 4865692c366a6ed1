import input from '@inquirer/input';
import { Refused } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Asks the person to type `name`. Throws `Refused` for anything else. */
export async function confirm(name: string, { colors }: Terminal): Promise<void> {
  const typed = await input({ message: `Type ${colors.bold(name)} to do it:` }, { output: process.stderr });
  if (typed.trim() !== name) throw new Refused('Not confirmed. Nothing was changed.');
}
