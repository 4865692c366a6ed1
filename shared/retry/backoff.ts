/** By which every wait between two tries is multiplied. Only tests set it, so as not to wait. */
export const waits = { factor: 1 };

/** Full jitter: anywhere from nothing to the doubled delay, so that many callers do not come back together. */
export function backoffMs(attempt: number, baseMs: number, capMs: number, random = Math.random): number {
  return waits.factor * random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
