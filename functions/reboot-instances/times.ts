import type { RebootMessage } from '../../shared/messages/reboot-message.ts';

/** Ms since the epoch. */
export type Times = { readonly detachedAt: number; readonly notBefore: number; readonly notAfter: number };

/** Clocks differ by less; what lies further ahead was never a detach. */
const AHEAD_MS = 60_000;
/** A day for the waves, an hour to wait for the wave before, an hour to be valid after that, and one to spare. */
const LONGEST_MS = 27 * 3_600_000;

/** A message's times; undefined where they cannot be: a forged one could restart instances for ever. */
export function readTimes({ DetachedAt, NotBefore, NotAfter }: RebootMessage): Times | undefined {
  const detachedAt = Date.parse(DetachedAt);
  const notAfter = Date.parse(NotAfter);
  const notBefore = NotBefore === undefined ? detachedAt : Date.parse(NotBefore);
  // NaN, of a day that no calendar has, fails each comparison.
  const isPossible =
    detachedAt <= Date.now() + AHEAD_MS && notAfter <= detachedAt + LONGEST_MS && notBefore <= notAfter;
  return isPossible ? { detachedAt, notBefore, notAfter } : undefined;
}
