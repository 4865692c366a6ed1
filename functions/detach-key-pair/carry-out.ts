import type { Services } from '../../shared/alibaba/connect.ts';
import type { Ecs } from '../../shared/ecs/ecs.ts';
import { REMOVAL_BATCH } from '../../shared/messages/removal-message.ts';
import { type RetryOptions, retrying } from '../../shared/retry/retry.ts';
import type { Result } from './answer/answer.ts';
import type { Sections } from './answer/schema.ts';
import { type Chosen, chooseInstances } from './choose-instances.ts';
import { detachAll } from './detach/detach-all.ts';
import { createRun } from './detach/run.ts';
import { planTimeBudget } from './detach/time-budget.ts';
import { handOver } from './hand-over.ts';
import { withAgents } from './inspect/agents.ts';
import { dryRunOf } from './inspect/dry-run.ts';
import { inspect } from './inspect/inspect.ts';
import { isRestartPending, withReadBacks } from './inspect/read-backs.ts';
import { verifyOf } from './inspect/verify.ts';
import type { Invocation } from './invocation.ts';
import { type Outcome, passed } from './outcome.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { Origin } from './queue/waves.ts';
import { findPublicKey, readPublicKey } from './read-public-key.ts';
import { checkCount, type DetachRequest } from './request/parse-request.ts';
import { RequestError } from './request/request-error.ts';

/** The way of a request: connect → choose the instances → provide for a cut → detach → hand over; or only look. */
export async function carryOut(request: DetachRequest, origin: Origin, invocation: Invocation): Promise<Result> {
  const { config, deadline, services } = invocation;
  const options = { deadline, timeoutMs: config.ecsTimeoutMs };

  const ecs = await retrying((timeoutMs) => services.ecs(request, timeoutMs), options);
  const chosen = await chooseInstances(request, ecs, config.maxInstances, options);
  checkCount(chosen.instanceIds.length, request, config);
  if (request.mode.kind !== 'detach') return look(request, chosen, ecs, services, options);

  const publicKey = request.online && (await readPublicKey(request, ecs, options));
  const prepared = await prepare(request, chosen, ecs, origin, invocation);
  const detached = await detach(request, prepared, ecs, invocation);
  const outcomes = inOrder([...detached, ...doneBefore(prepared)], prepared);
  return handOver(outcomes, { request, publicKey, prepared, origin, invocation });
}

/** What an earlier run has detached. */
function doneBefore({ owed, since }: Prepared): Outcome[] {
  return [...owed.detachedBefore.keys()].map((id) => passed(id, '200', DONE_BEFORE, since));
}

const DONE_BEFORE = 'The key pair was taken off this instance before: this request goes on from there.';

function inOrder(outcomes: readonly Outcome[], { instanceIds }: Prepared): readonly Outcome[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.instanceId, outcome]));
  return instanceIds.flatMap((id) => byId.get(id) ?? []);
}

async function look(
  request: DetachRequest,
  chosen: Chosen,
  ecs: Ecs,
  services: Services,
  options: RetryOptions,
): Promise<Result> {
  const { mode, keyPairName, regionId, online } = request;
  const judge =
    mode.kind === 'verify' ? verifyOf(keyPairName, mode.since) : dryRunOf(keyPairName, online !== undefined);
  const seen = await inspect(chosen, judge, { ecs, regionId, keyPairName }, options);
  const outcomes = await withCloudAssistant(seen, request, ecs, services, options);
  const sections: Sections = mode.kind === 'verify' ? { Verify: 'true' } : { DryRun: 'true' };
  return { outcomes, sections, unfinished: isUnfinished(outcomes) };
}

/** What only Cloud Assistant can add to what ECS has shown. */
async function withCloudAssistant(
  outcomes: Outcome[],
  request: DetachRequest,
  ecs: Ecs,
  services: Services,
  options: RetryOptions,
): Promise<Outcome[]> {
  const { mode, regionId, online } = request;
  const connect = () => retrying((timeoutMs) => services.cloudAssistant(request, timeoutMs), options);
  if (mode.kind === 'dry run') return online ? withAgents(outcomes, await connect(), regionId, options) : outcomes;
  if (mode.kind !== 'verify' || !outcomes.some(isRestartPending)) return outcomes;
  // Without the key nothing on record can be told to be about it.
  const publicKey = await findPublicKey(request, ecs, options);
  if (publicKey instanceof RequestError) return outcomes;
  return withReadBacks(outcomes, mode.since, { assistant: await connect(), regionId, publicKey }, options);
}

function detach(
  { regionId, keyPairName, continues, reboot, online }: DetachRequest,
  { described, owed: { toDetach, slots } }: Prepared,
  ecs: Ecs,
  { config, deadline, log }: Invocation,
): Promise<readonly Outcome[]> {
  const perTask = online ? REMOVAL_BATCH : reboot?.batchSize;
  const tasks = (perTask === undefined ? 0 : Math.ceil(slots.length / perTask)) + (continues ? 1 : 0);
  const run = createRun({
    ecs,
    target: { regionId, keyPairName },
    log,
    ...planTimeBudget(deadline, tasks),
    ecsTimeoutMs: config.ecsTimeoutMs,
    concurrency: config.detachConcurrency,
  });
  return detachAll(toDetach, run, described);
}

function isUnfinished(outcomes: readonly Outcome[]): boolean {
  return outcomes.some((outcome) => !outcome.ok && outcome.failure.retryable);
}
