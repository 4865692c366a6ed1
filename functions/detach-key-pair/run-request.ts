import { type Answer, type Result, summarize } from './answer/answer.ts';
import type { Caller } from './caller.ts';
import { carryOut } from './carry-out.ts';
import type { Invocation } from './invocation.ts';
import { tally } from './outcome.ts';
import type { Origin } from './queue/waves.ts';
import type { DetachRequest } from './request/parse-request.ts';
import { wholeFailure } from './whole-failure.ts';

export type AskedBy = {
  readonly caller: Caller;
  readonly origin: Origin;
  /** The host that was called. */
  readonly host: string;
};

/** A checked request → the aggregated answer, by the deadline whatever ECS does; both told to the log. */
export async function detachKeyPair(
  request: DetachRequest,
  { caller, origin, host }: AskedBy,
  invocation: Invocation,
): Promise<Answer> {
  const { config, context, log } = invocation;
  const { regionId, keyPairName, mode, target, roleArn } = request;
  const startedAt = Date.now();
  const what = { caller, mode: mode.kind, regionId, keyPairName, ...(roleArn && { roleArn }) };
  log.info('request', {
    ...what,
    target: target.kind,
    ...(target.kind === 'ids' && { instances: target.instanceIds.length }),
  });

  const result = await carryOut(request, origin, invocation).catch((error) => wholeFailure(error, request));
  const asked = { requestId: context.requestId, host, maxBytes: config.maxResponseBytes };
  const unreachable = result.outcomes.find((outcome) => !outcome.ok && outcome.failure.why === 'unreachable');
  if (unreachable && !unreachable.ok) log.warn('service not reached', { reason: unreachable.failure.message });
  const answer = summarize(request, result, asked);

  const durationMs = Date.now() - startedAt;
  log.info('response', { ...what, status: answer.status, ...tally(result.outcomes), ...queuedOf(result), durationMs });
  return answer;
}

/** How many instances were handed to FC's queue: to be restarted, or to be gone on with. */
function queuedOf({ sections: { Reboot, Online, Continuation } }: Result): Record<string, number> {
  return {
    ...(Reboot && { reboots: Number(Reboot.TotalCount), rebootsFailed: Number(Reboot.FailCount) }),
    ...(Online && { removals: Number(Online.TotalCount), removalsFailed: Number(Online.FailCount) }),
    ...(Continuation && { continued: Number(Continuation.InstanceCount) }),
  };
}
