/** Full jitter: anywhere from nothing to the doubled delay, so that many callers do not come back together. */
export function backoffMs(attempt: number, baseMs: number, capMs: number, random = Math.random): number {
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
