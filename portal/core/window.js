/** The rows [from, to) that a viewport shows, with some to spare so that scrolling shows no gap. */
export function visibleRows({ scrollTop, height, rowHeight }, count, spare = 8) {
  const first = Math.floor(scrollTop / rowHeight);
  const shown = Math.ceil(height / rowHeight) + 1;
  const from = Math.max(0, Math.min(first, count) - spare);
  return { from, to: Math.min(count, first + shown + spare) };
}
