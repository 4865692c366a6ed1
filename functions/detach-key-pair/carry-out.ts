import type { Services } from '../../shared/alibaba/connect.ts';
import type { Ecs } from '../../shared/ecs/ecs.ts';
import { REMOVAL_BATCH } from '../../shared/messages/removal-message.ts';
import type { PublicKey } from '../../shared/public-key.ts';
import { type RetryOptions, retrying } from '../../shared/retry/retry.ts';
import type { Result, Sections } from './answer/answer.ts';
import { type Chosen, chooseInstances } from './choose-instances.ts';
import { describeAhead } from './detach/describe-ahead.ts';
import { detachAll } from './detach/detach-all.ts';
import { createRun } from './detach/run.ts';
import { planTimeBudget } from './detach/time-budget.ts';
import { withAgents } from './inspect/agents.ts';
import { dryRunOf } from './inspect/dry-run.ts';
import { inspect } from './inspect/inspect.ts';
import { isRestartPending, withReadBacks } from './inspect/read-backs.ts';
import { verifyOf } from './inspect/verify.ts';
import type { Invocation } from './invocation.ts';
import type { Outcome, Passed } from './outcome.ts';
import { enqueueContinuation } from './queue/continue.ts';
import { enqueueReboots, type Queued, rebootSection } from './queue/enqueue-reboots.ts';
import { enqueueRemovals, onlineSection, planRemovals, type QueuedRemoval } from './queue/removals.ts';
import { planWaves } from './queue/waves.ts';
import { readPublicKey } from './read-public-key.ts';
import type { OnlineOptions } from './request/online-options.ts';
import { checkCount, type DetachRequest } from './request/parse-request.ts';
import type { RebootOptions } from './request/reboot-options.ts';
import { RequestError } from './request/request-error.ts';

/** The way of a request: connect → choose the instances → detach, or only look → queue the reboots → hand on the rest. */
export async function carryOut(request: DetachRequest, sender: string, invocation: Invocation): Promise<Result> {
  const { config, deadline, services, tuning } = invocation;
  const options = { deadline, timeoutMs: config.ecsTimeoutMs, baseMs: tuning?.baseMs };

  const ecs = await retrying((timeoutMs) => services.ecs(request, timeoutMs), { ...options });
  const chosen = await chooseInstances(request, ecs, config.maxInstances, options);
  checkCount(chosen.instanceIds.length, request, config);
  if (request.mode.kind !== 'detach') return look(request, chosen, ecs, services, options);

  const { reboot, online } = request;
  const removing = online && { online, publicKey: await readPublicKey(request, ecs, options) };
  const outcomes = await detach(request, chosen, ecs, invocation);
  // Side by side: what is left of the time is for both, and neither may use it up before the other's turn.
  const [queued, removals, rest] = await Promise.all([
    // With Online, remove-public-key restarts what it could not prove clean.
    reboot && !removing && queueReboots(outcomes, reboot, { ...request, sender }, invocation),
    removing && queueRemovals(outcomes, removing, { ...request, sender }, invocation),
    request.continues ? goOn(outcomes, request, invocation) : { outcomes, section: undefined },
  ]);

  return {
    outcomes: rest.outcomes,
    sections: {
      ...(queued && { Reboot: rebootSection(queued) }),
      ...(removals && { Online: onlineSection(removals) }),
      ...(rest.section && { Continuation: rest.section }),
    },
    unfinished:
      isUnfinished(rest.outcomes) ||
      [...(queued || []), ...(removals ?? [])].some(({ submitted }) => submitted.status === 'Failed'),
  };
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
  const publicKey = await readPublicKey(request, ecs, options).catch((error: unknown) => {
    if (error instanceof RequestError) return undefined;
    throw error;
  });
  if (!publicKey) return outcomes;
  return withReadBacks(outcomes, mode.since, { assistant: await connect(), regionId, publicKey }, options);
}

function detach(
  { regionId, keyPairName, continues, reboot, online }: DetachRequest,
  { instanceIds, described }: Chosen,
  ecs: Ecs,
  { config, deadline, log, tuning }: Invocation,
): Promise<Outcome[]> {
  const perTask = online ? REMOVAL_BATCH : reboot?.batchSize;
  const tasks = (perTask === undefined ? 0 : Math.ceil(instanceIds.length / perTask)) + (continues ? 1 : 0);
  const run = createRun({
    ecs,
    target: { regionId, keyPairName },
    log,
    ...planTimeBudget(deadline, tasks),
    ecsTimeoutMs: config.ecsTimeoutMs,
    concurrency: config.detachConcurrency,
    ...tuning,
  });
  const describe = (reboot || online) && !described ? describeAhead(instanceIds, run.describer) : async () => described;
  return detachAll(instanceIds, run, config.detachConcurrency, describe);
}

async function queueReboots(
  outcomes: readonly Outcome[],
  reboot: RebootOptions,
  { regionId, keyPairName, roleArn, clientToken, sender }: DetachRequest & { readonly sender: string },
  { context, deadline, services, tuning }: Invocation,
): Promise<Queued[]> {
  const { requestId } = context;
  const origin = { regionId, keyPairName, roleArn, requestId, token: clientToken, sender };
  const waves = planWaves(outcomes.filter(isDetached), reboot, origin);
  if (waves.length === 0) return [];
  return enqueueReboots(waves, await services.queue('reboots'), {
    deadline,
    requestId,
    baseMs: tuning?.baseMs,
  });
}

async function queueRemovals(
  outcomes: readonly Outcome[],
  { online, publicKey }: { readonly online: OnlineOptions; readonly publicKey: PublicKey },
  { regionId, keyPairName, roleArn, clientToken, sender, reboot }: DetachRequest & { readonly sender: string },
  { context, deadline, services, tuning }: Invocation,
): Promise<QueuedRemoval[]> {
  const { requestId } = context;
  const plan = { online, publicKey, reboot, regionId, keyPairName, roleArn, requestId, token: clientToken, sender };
  const removals = planRemovals(outcomes.filter(isDetached), plan);
  if (removals.length === 0) return [];
  return enqueueRemovals(removals, await services.queue('removals'), { deadline, requestId, baseMs: tuning?.baseMs });
}

function goOn(
  outcomes: readonly Outcome[],
  request: DetachRequest,
  { context, deadline, services, tuning }: Invocation,
) {
  return enqueueContinuation(outcomes, request, {
    queue: () => services.queue('itself'),
    requestId: context.requestId,
    deadline,
    baseMs: tuning?.baseMs,
  });
}

function isDetached(outcome: Outcome): outcome is Passed {
  return outcome.ok && !outcome.untouched;
}

function isUnfinished(outcomes: readonly Outcome[]): boolean {
  return outcomes.some((outcome) => !outcome.ok && outcome.failure.retryable);
}
