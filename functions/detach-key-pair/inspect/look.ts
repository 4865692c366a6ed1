import type { Services } from '../../../shared/alibaba/connect.ts';
import { type RetryOptions, retrying } from '../../../shared/retry/retry.ts';
import type { Holding } from '../holding.ts';
import type { Outcome } from '../outcome.ts';
import { findPublicKey } from '../read-public-key.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import { RequestError } from '../request/request-error.ts';
import { withAgents } from './agents.ts';
import { dryRunOf } from './dry-run.ts';
import { inspect } from './inspect.ts';
import { isRestartPending } from './judge.ts';
import { verifyOf } from './verify.ts';

/** A dry run, or a verification, of one holding: nothing is changed. */
export async function look(
  { mode, online }: DetachRequest,
  holding: Holding,
  services: Services,
  options: RetryOptions,
): Promise<Outcome[]> {
  const { where, ecs, chosen } = holding;
  const { regionId, keyPairName } = where;
  const judge =
    mode.kind === 'verify' ? verifyOf(keyPairName, mode.since) : dryRunOf(keyPairName, online !== undefined);
  const outcomes = await inspect(chosen, judge, { ecs, regionId, keyPairName }, options);
  const assistant = () => retrying((timeoutMs) => services.cloudAssistant(where, timeoutMs), options);
  if (mode.kind !== 'verify') return online ? withAgents(outcomes, await assistant(), regionId, options) : outcomes;
  if (!outcomes.some(isRestartPending)) return outcomes;
  // Without the key nothing on record can be told to be about it.
  const publicKey = await findPublicKey(holding, options);
  if (publicKey instanceof RequestError) return outcomes;
  const { withReadBacks } = await import('./read-backs.ts');
  return withReadBacks(outcomes, mode.since, { assistant: await assistant(), regionId, publicKey }, options);
}
