/** Waves, in their order, and how long one restart takes → how many are down when. */
export function timelineOf(waves, restartSeconds) {
  const changes = new Map();
  const add = (at, change) => changes.set(at, (changes.get(at) ?? 0) + change);
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
export function areaPath({ steps, peak, seconds }, width, height) {
  const x = (at) => round((at / seconds) * width);
  const y = (down) => round(height - (down / peak) * height);
  return `M0 ${height}${steps.map(({ at, down }) => `H${x(at)}V${y(down)}`).join('')}Z`;
}
function round(value) {
  return Math.round(value * 10) / 10;
}
