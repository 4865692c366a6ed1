/** Many measurements of one thing: the middle, the quartiles as spread, and all of them. */
export type Sample = {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly raw: readonly number[];
};

export function sample(raw: readonly number[]): Sample {
  const sorted = [...raw].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75), raw };
}

/** Round by round: what disturbs a round disturbs both of its numbers. */
export function ratio(numerators: readonly number[], denominators: readonly number[]): Sample {
  return sample(numerators.map((numerator, round) => numerator / (denominators[round] ?? Number.NaN)));
}

/** Round by round. */
export function difference(values: readonly number[], bases: readonly number[]): number[] {
  return values.map((value, round) => value - (bases[round] ?? Number.NaN));
}
