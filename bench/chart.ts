import { readFileSync, writeFileSync } from 'node:fs';
import { digits } from './report/table.ts';
import type { Row } from './row.ts';
import type { Sample } from './statistics.ts';

// bench/recorded.json → docs/performance.svg: `npx tsx bench/chart.ts`.

/** Figures that are worth a look, in order, and what to call them there. */
const PANELS: readonly (readonly [RegExp, string])[] = [
  [/^index.js, minified: detach/, 'Bundle'],
  [/^cold start/, 'Cold start'],
  [/^resident memory/, 'Memory after the first request'],
  [/^10,000 instances/, '10,000 instances, 50 ms a call'],
  [/^CPU per batch/, 'CPU per batch of 50'],
  [/^throttled: token bucket/, 'Throttled to 10 calls a second'],
  [/^one bad id/, 'One bad id among 50'],
  [/^throttled: 200 a minute/, 'Throttled to 200 calls a minute'],
];

const WIDTH = 380;
const HEIGHT = 112;
const LABELS = 16;
const BAR = { left: 130, width: 152, height: 13, step: 21 };

type Bar = { readonly kind: 'ours' | 'peer' | 'limit'; readonly name: string; readonly value: Sample };

function panel([title, { unit, ours, peer, limit }]: [string, Row], index: number): string {
  const bars: Bar[] = [
    { kind: 'ours', name: 'this function', value: ours },
    ...(limit ? [{ kind: 'limit', name: 'the limit', value: limit[1] } as const] : []),
    ...(peer ? [{ kind: 'peer', name: SHORT[peer[0]] ?? peer[0], value: peer[1] } as const] : []),
  ];
  const most = Math.max(...bars.map(({ value }) => value.median));
  const [x, y] = [(index % 2) * WIDTH, Math.floor(index / 2) * HEIGHT];
  const lines = bars.map(({ kind, name, value }, line) => {
    const top = 34 + line * BAR.step;
    const width = Math.max(2, (value.median / most) * BAR.width);
    return `<text class="name" x="${BAR.left - 8}" y="${top + 11}">${name}</text>
<rect class="${kind}" x="${BAR.left}" y="${top}" width="${width.toFixed(1)}" height="${BAR.height}" rx="2"/>
<text class="value ${kind}" x="${(BAR.left + width + 6).toFixed(1)}" y="${top + 11}">${digits(value.median)} ${unit}</text>`;
  });
  return `<g transform="translate(${x} ${y})">
<text x="${LABELS}" y="22"><tspan class="title">${title}</tspan> · ${unit === '/s' ? 'more' : 'less'} is better</text>
${lines.join('\n')}
</g>`;
}

const SHORT: Readonly<Record<string, string>> = {
  'the obvious bundle': 'the obvious way',
  "the SDK's sample in a loop of 50": 'the SDK’s sample',
  'a plain SDK call': 'a plain SDK call',
  'a plain retry library': 'a retry library',
};

const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #475569; }
.title { font-weight: 600; font-size: 13px; fill: #0f172a; }
.name { text-anchor: end; }
rect.ours { fill: #2563eb; }
rect.peer { fill: #cbd5e1; }
rect.limit { fill: none; stroke: #2563eb; stroke-dasharray: 3 2; }
.value.ours { font-weight: 600; fill: #0f172a; }
@media (prefers-color-scheme: dark) {
  text { fill: #94a3b8; }
  .title, .value.ours { fill: #e2e8f0; }
  rect.ours { fill: #60a5fa; }
  rect.peer { fill: #475569; }
  rect.limit { stroke: #60a5fa; }
}`;

const { rows }: { rows: Row[] } = JSON.parse(readFileSync('bench/recorded.json', 'utf8'));
const chosen = PANELS.flatMap(([pattern, title]): [string, Row][] => {
  const row = rows.find(({ figure }) => pattern.test(figure));
  return row ? [[title, row]] : [];
});
const size = `${WIDTH * 2} ${Math.ceil(chosen.length / 2) * HEIGHT}`;
writeFileSync(
  'docs/performance.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" role="img" aria-label="This function beside its peers and limits">
<style>${STYLE}
</style>
${chosen.map(panel).join('\n')}
</svg>
`,
);
