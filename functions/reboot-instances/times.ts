import type { RebootMessage } from '../../shared/messages/reboot-message.ts';
import { areTimesPossible } from '../../shared/messages/times.ts';

/** Ms since the epoch. */
export type Times = { readonly detachedAt: number; readonly notBefore: number; readonly notAfter: number };

/** A message's times; undefined where they cannot be: a forged one could restart instances for ever. */
export function readTimes({ DetachedAt, NotBefore, NotAfter }: RebootMessage, now: number): Times | undefined {
  const detachedAt = Date.parse(DetachedAt);
  const notAfter = Date.parse(NotAfter);
  const notBefore = NotBefore === undefined ? detachedAt : Date.parse(NotBefore);
  const isPossible = areTimesPossible(detachedAt, notAfter, now) && notBefore <= notAfter;
  return isPossible ? { detachedAt, notBefore, notAfter } : undefined;
}
