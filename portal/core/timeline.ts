import type { Wave } from './restarts.ts';

/** From this second on, so many instances are down. */
export type Step = { readonly at: number; readonly down: number };

export type Timeline = {
  readonly steps: readonly Step[];
  /** The most that are down at the same time. */
  readonly peak: number;
  /** When the last one is up again. */
  readonly seconds: number;
};

/** Waves, in their order, and how long one restart takes → how many are down when. */
export function timelineOf(waves: readonly Wave[], restartSeconds: number): Timeline {
  const changes = new Map<number, number>();
  const add = (at: number, change: number) => changes.set(at, (changes.get(at) ?? 0) + change);
  for (const { startsAt, size } of waves) {
    add(startsAt, size);
    add(startsAt + restartSeconds, -size);
  }
  let down = 0;
  const steps = [...changes]
    .sort(([one], [other]) => one - other)
    .map(([at, change]) => {
      down += change;
      return { at, down };
    });
  return {
    steps,
    peak: steps.reduce((most, step) => Math.max(most, step.down), 0),
    seconds: steps.at(-1)?.at ?? 0,
  };
}

/** The area under the steps as the `d` of an SVG path, the first second at the left edge and the peak at the top. */
export function areaPath({ steps, peak, seconds }: Timeline, width: number, height: number): string {
  const x = (at: number) => round((at / seconds) * width);
  const y = (down: number) => round(height - (down / peak) * height);
  return `M0 ${height}${steps.map(({ at, down }) => `H${x(at)}V${y(down)}`).join('')}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
