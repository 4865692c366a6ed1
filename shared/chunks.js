/** The items in order, `size` at a time. */
export function chunks(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, k) => items.slice(k * size, (k + 1) * size));
}
