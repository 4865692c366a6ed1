import Table from 'cli-table3';
import { byCode, type Listed } from '../portal/core/pick.ts';
import type { Terminal } from './terminal.ts';
import { counted } from './text.ts';

/** More rows than this tell a person nothing; the JSON answer has all. */
const MAX_ROWS = 50;

/** What became of some instances, as a table, with how many there are of each code. */
export function showTable(rows: readonly Listed[], { say, colors }: Terminal): void {
  if (rows.length === 0) return;
  const table = new Table({
    head: ['Instance', 'Code', 'Message'],
    style: { head: [], border: [] },
    colWidths: [null, null, 70],
    wordWrap: true,
  });
  for (const { id, code, message } of rows.slice(0, MAX_ROWS)) table.push([id, code, plain(message)]);
  say(table.toString());
  if (rows.length > MAX_ROWS) {
    say(`… and ${counted(rows.length - MAX_ROWS, 'more row')}; --json lists all.`);
    for (const { code, count } of byCode(rows)) say(`  ${colors.bold(String(count))} ${code}`);
  }
}

/** A message comes from elsewhere: it must not move the cursor. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}
