import Table from 'cli-table3';
import { recordOf, textOf, type UnknownRecord } from '../shared/record.ts';
import type { Terminal } from './terminal.ts';

/** What failed, at most, as a table; the rest is in the JSON. */
const MOST_ROWS = 40;

/** `120 instances`, `1 instance`. */
export function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** How many items there are of each code, on one line each, the most frequent first. */
export function tellCodes(items: readonly UnknownRecord[], terminal: Terminal): void {
  const codes = new Map<string, number>();
  for (const { Code } of items) codes.set(String(Code), (codes.get(String(Code)) ?? 0) + 1);
  for (const [code, number] of [...codes].sort(([, a], [, b]) => b - a)) {
    terminal.err(`  ${number.toLocaleString('en').padStart(7)}  ${code}`);
  }
}

/** The items as a table: where they are, when the request was about several places, code and message. */
export function tellItems(items: readonly UnknownRecord[], terminal: Terminal): void {
  if (items.length === 0) return;
  const hasPlaces = items.some(({ RegionId }) => RegionId !== undefined);
  const columns = ['Instance', ...(hasPlaces ? ['Region'] : []), 'Code', 'Message'];
  const rows = items.slice(0, MOST_ROWS).map((item) => {
    const region = hasPlaces ? [String(item['RegionId'] ?? '')] : [];
    return [String(item['InstanceId']), ...region, String(item['Code']), String(item['Message'])];
  });
  terminal.err(tableOf(columns, rows, terminal));
  if (items.length > MOST_ROWS) terminal.err(`and ${items.length - MOST_ROWS} more: --json lists all of them`);
}

/** The places of a request about several, those that could not be read first. */
export function tellPlaces(body: UnknownRecord, terminal: Terminal): void {
  const places = listOf(body['Places']);
  if (places.length === 0) return;
  const isRead = ({ Code }: UnknownRecord) => Code === '200';
  const shown = [
    ...places.filter((place) => !isRead(place)),
    ...places.filter((place) => isRead(place) && place['TotalCount'] !== '0'),
  ];
  const rows = shown.map((place) => [
    [textOf(place['RoleArn']), textOf(place['RegionId'])].filter(Boolean).join(' '),
    (Array.isArray(place['KeyPairNames']) ? place['KeyPairNames'] : []).join(', '),
    String(place['TotalCount']),
    String(place['FailCount']),
    isRead(place) ? '' : `${place['Code']}: ${place['Message']}`,
  ]);
  if (rows.length > 0) terminal.err(tableOf(['Place', 'Key pairs', 'Found', 'Failed', 'Not read'], rows, terminal));
  const empty = places.length - shown.length;
  if (empty > 0) terminal.err(`Nothing was found in ${counted(empty, 'other place')}, each read whole.`);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[], { columns }: Terminal): string {
  const widths = head.map((name, k) => Math.max(name.length, ...rows.map((row) => (row[k] ?? '').length)) + 2);
  const others = widths.slice(0, -1).reduce((sum, width) => sum + width + 1, 2);
  const last = Math.max(20, Math.min(widths.at(-1) ?? 20, columns - others));
  const table = new Table({
    head: [...head],
    colWidths: [...widths.slice(0, -1), last],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

export function itemsOf(body: UnknownRecord): readonly UnknownRecord[] {
  return listOf(recordOf(body['Results'])['Result']);
}

export function listOf(value: unknown): readonly UnknownRecord[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}
