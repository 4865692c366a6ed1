/** Clocks differ by less; what lies further ahead was never a detach. */
const AHEAD_MS = 60_000;
/** A day for the waves, an hour to wait for the wave before, an hour to be valid after that, and one to spare. */
const LONGEST_MS = 27 * 3_600_000;

/** Whether a message may have these times, ms since the epoch: a forged one could act for ever. */
export function areTimesPossible(detachedAt: number, notAfter: number): boolean {
  // NaN, of a day that no calendar has, fails each comparison.
  return detachedAt <= Date.now() + AHEAD_MS && notAfter <= detachedAt + LONGEST_MS;
}
