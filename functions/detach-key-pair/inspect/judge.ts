import type { Instance } from '../../../shared/ecs/ecs.ts';
import { type Failed, failed, type Outcome } from '../outcome.ts';

/** What one instance's description says of it. `at`: when it was described, ms since the epoch. */
export type Judge = (instanceId: string, described: Instance | 'missing', at: number) => Outcome;

/** A finding that is no success; the key pair that the instance has instead belongs to it. */
export function finding(instanceId: string, code: string, message: string, boundKeyPairName?: string): Failed {
  const failure = { code, message, why: 'rejected', retryable: false } as const;
  return { ...failed(instanceId, failure), ...(boundKeyPairName !== undefined && { boundKeyPairName }) };
}

export function isRestartPending(outcome: Outcome): boolean {
  return !outcome.ok && outcome.failure.code === 'Verify.RebootPending';
}
