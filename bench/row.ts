import type { Bundles } from './peers/bundle.ts';
import type { Sample } from './statistics.ts';

/** One line of the table: a figure of ours beside the peer's and the limit, and the goals that are set for it. */
export type Row = {
  readonly figure: string;
  readonly unit: Unit;
  readonly ours: Sample;
  /** What the peer is, and its figure. */
  readonly peer?: readonly [string, Sample];
  readonly limit?: readonly [string, Sample];
  readonly goals: readonly Goal[];
  readonly note?: string;
};

export type Unit = 'ms' | 'kB' | 'MB' | 'µs' | '×' | '/s' | 'calls';

export type Goal = {
  readonly says: string;
  readonly value: Sample;
  readonly atMost?: number;
  readonly atLeast?: number;
};

export function isMet({ value, atMost, atLeast }: Goal): boolean {
  return value.median <= (atMost ?? Number.POSITIVE_INFINITY) && value.median >= (atLeast ?? Number.NEGATIVE_INFINITY);
}

/** What a row is measured with. */
export type Tools = {
  readonly bundles: Bundles;
  /** For files that are not needed afterwards. */
  readonly folder: string;
  /** Reports progress. */
  progress(text: string): void;
};

export type MeasureRow = (tools: Tools) => Promise<readonly Row[]>;
