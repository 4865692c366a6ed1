/** Rows with this text in their id, code or message, whatever its case, and of one code if one is given. */
export function picked(rows, text, code) {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && code === undefined) return rows;
  return rows.filter(
    (row) =>
      (code === undefined || row.code === code) &&
      `${row.id} ${row.code} ${row.message}`.toLowerCase().includes(wanted),
  );
}
/** The rows by the text or number that `keyOf` gives; those that are equal keep their order. */
export function sorted(rows, keyOf, isDescending) {
  const sign = isDescending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((one, other) => sign * compare(one.key, other.key))
    .map(({ row }) => row);
}
/** How many rows there are of each code, the most frequent first, each with the message of its first one. */
export function byCode(rows) {
  const groups = new Map();
  for (const { code, message } of rows) {
    const group = groups.get(code) ?? { code, message, count: 0 };
    group.count++;
    groups.set(code, group);
  }
  return [...groups.values()].sort((one, other) => other.count - one.count);
}
// Not by locale: ids and codes are ASCII, and collating ten thousand of them takes a tenth of a second.
function compare(one, other) {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
