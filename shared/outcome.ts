/** Why an instance was not detached. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  /** The HTTP status of the call that was refused as a whole with this code; absent for all else. */
  readonly status?: number;
  /** Another run could get further. */
  readonly retryable: boolean;
};

/** What became of one instance. A failed one is a value: nothing that happens to it can lose the others. */
export type Outcome =
  | { readonly instanceId: string; readonly ok: true /** When ECS said so, ms since the epoch. */; readonly at: number }
  | { readonly instanceId: string; readonly ok: false; readonly failure: Failure };

export function detached(instanceId: string, at: number): Outcome {
  return { instanceId, ok: true, at };
}

export function failed(instanceId: string, failure: Failure): Outcome {
  return { instanceId, ok: false, failure };
}

/** What came out, for the log: counts by code. */
export function tally(outcomes: readonly Outcome[]): { total: number; failed: number; codes: Record<string, number> } {
  const codes: Record<string, number> = Object.create(null);
  for (const outcome of outcomes) {
    const code = outcome.ok ? '200' : outcome.failure.code;
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return { total: outcomes.length, failed: outcomes.filter(({ ok }) => !ok).length, codes };
}
