import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import { type Failure, failed, type Outcome } from '../outcome.ts';
import type { DetachRun } from './run.ts';

/**
 * Where no instance had the key pair, nothing was sent, and ECS had no chance to say that there is no such key pair: a
 * misspelt name must not look like a detach. Where that cannot be asked, what describing has shown stands.
 */
export async function checkName(outcomes: readonly Outcome[], run: DetachRun): Promise<readonly Outcome[]> {
  if (!outcomes.every((outcome) => outcome.ok && outcome.untouched)) return outcomes;
  const timeoutMs = run.callTimeoutMs();
  if (timeoutMs === undefined) return outcomes;
  const exists = await run.ecs.keyPairExists(run.target, timeoutMs).catch(callErrorOf);
  return exists === false ? outcomes.map(({ instanceId }) => failed(instanceId, NO_SUCH_NAME)) : outcomes;
}

/** As ECS words it. */
const NO_SUCH_NAME: Failure = {
  code: 'InvalidKeyPairName.NotFound',
  message: 'The specified KeyPairName does not exist in our records.',
  why: 'rejected',
  status: 400,
  retryable: false,
};
