import { type Goal, isMet, type Row, type Unit } from '../row.ts';
import type { Sample } from '../statistics.ts';

const HEAD = ['figure', 'ratio', 'spread', 'goal', '', 'ours', 'peer', 'limit'];

/** What is compared first, then the figures themselves. */
export function table(rows: readonly Row[]): string {
  return aligned([HEAD, ...rows.flatMap(linesOf)]);
}

export function aligned(lines: readonly (readonly string[])[]): string {
  const columns = Math.max(...lines.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function linesOf({ figure, unit, ours, peer, limit, goals }: Row): string[][] {
  return goals.map((goal, index) => [
    index === 0 ? figure : '',
    `${digits(goal.value.median)} ${goal.says}`,
    spread(goal.value),
    goal.atMost === undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`,
    isMet(goal) ? 'met' : 'NOT MET',
    ...(index === 0 ? [figureOf(ours, unit), figureOf(peer?.[1], unit), figureOf(limit?.[1], unit)] : []),
  ]);
}

function spread({ low, high, raw }: Goal['value']): string {
  return raw.length < 2 ? '' : `${digits(low)}–${digits(high)}`;
}

export function figureOf(value: Sample | undefined, unit: Unit): string {
  return value ? `${digits(value.median)} ${unit}` : '–';
}

/** Three significant digits. */
export function digits(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
