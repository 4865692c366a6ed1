/** The name that was most likely meant: equal but for case and separators, or for a letter or two. */
export function suggest(given: string, names: readonly string[]): string | undefined {
  if (given.length > 40) return undefined;
  const alike = names.find((name) => plain(name) === plain(given));
  if (alike !== undefined) return alike;
  const [nearest] = names
    .map((name) => ({ name, distance: distanceOf(plain(given), plain(name)) }))
    .filter(({ name, distance }) => distance <= Math.min(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return nearest?.name;
}

/** A name without what spellings of it differ by: case and separators. */
export function plain(name: string): string {
  return name.replace(/[-_\s]/g, '').toLowerCase();
}

/** Levenshtein's: letters to insert, to leave out or to change. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [k, other] of [...b].entries()) {
      const changed = (row[k] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[k + 1] ?? 0) + 1, (next[k] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
