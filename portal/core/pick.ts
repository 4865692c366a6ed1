import { grouped } from './grouped.ts';

/** Anything that has an instance id and a code can be listed, filtered and sorted. */
export type Listed = { readonly id: string; readonly code: string; readonly message: string };

/** Rows with this text in their id, code, message or in what else `wordsOf` them, whatever its case, and of one code if one is given. */
export function picked<Row extends Listed>(
  rows: readonly Row[],
  text: string,
  code?: string,
  wordsOf: (row: Row) => string = () => '',
): readonly Row[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && code === undefined) return rows;
  return rows.filter(
    (row) =>
      (code === undefined || row.code === code) &&
      `${row.id} ${row.code} ${row.message} ${wordsOf(row)}`.toLowerCase().includes(wanted),
  );
}

/** The rows by the text or number that `keyOf` gives; those that are equal keep their order. */
export function sorted<Row>(rows: readonly Row[], keyOf: (row: Row) => string | number, isDescending: boolean): Row[] {
  const sign = isDescending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((one, other) => sign * compare(one.key, other.key))
    .map(({ row }) => row);
}

/** How many rows there are of each code, the most frequent first, each with the message of its first one. */
export function byCode<Row extends Listed>(rows: readonly Row[]) {
  return grouped(rows, ({ code }) => code)
    .map(({ key, values }) => ({ code: key, message: values[0]?.message ?? '', count: values.length }))
    .sort((one, other) => other.count - one.count);
}

// Not by locale: ids and codes are ASCII, and collating ten thousand of them takes a tenth of a second.
function compare(one: string | number, other: string | number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
