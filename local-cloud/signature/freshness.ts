import { ApiError } from '../http/api-error.ts';

// A request may be at most 15 minutes off, OpenAPI guide, "V3 request structure and signature".
const WINDOW_MS = 15 * 60 * 1000;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Against the clock that the signing process looks at: a function's is the cloud's, a test's the machine's. */
export function isFresh(time: number, cloudNow: number): boolean {
  // A date which is none at all (NaN) is within nothing.
  return [Date.now(), cloudNow].some((now) => Math.abs(now - time) <= WINDOW_MS);
}

export function checkTimestamp(timestamp: string, cloudNow: number): void {
  if (!TIMESTAMP.test(timestamp)) {
    throw new ApiError(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
  }
  if (!isFresh(Date.parse(timestamp), cloudNow)) {
    throw new ApiError(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  }
}

/** Remembers every nonce for at least the window: two generations, the older one dropped when the younger is full of age. */
export class Nonces {
  #young = new Set<string>();
  #old = new Set<string>();
  #since = Date.now();

  use(nonce: string): void {
    if (Date.now() - this.#since > WINDOW_MS) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#since = Date.now();
    }
    if (this.#young.has(nonce) || this.#old.has(nonce)) {
      throw new ApiError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
    }
    this.#young.add(nonce);
  }
}
