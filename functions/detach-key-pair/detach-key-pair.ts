import { deadlineAt } from '../../shared/deadline.ts';
import { tally } from '../../shared/outcome.ts';
import { type Answer, summarize } from './answer.ts';
import type { Caller } from './caller.ts';
import { detachAll } from './detach/detach-all.ts';
import { createRun } from './detach/run.ts';
import type { Invocation } from './invocation.ts';
import type { DetachRequest } from './request/parse-request.ts';

/** Kept at the end for describing what is in doubt: two seconds, or a tenth of what there is. */
const SETTLE_MS = 2_000;
const SETTLE_PART = 0.1;

type AskedBy = { readonly caller: Caller; readonly host: string };

/** The work itself: a checked request → the aggregated answer, by the deadline whatever ECS does. */
export async function detachKeyPair(
  request: DetachRequest,
  { caller, host }: AskedBy,
  invocation: Invocation,
): Promise<Answer> {
  const { config, context, deadline, log, tuning } = invocation;
  const target = { regionId: request.regionId, keyPairName: request.keyPairName };
  log.info('asked', { caller, ...target, instances: request.instanceIds.length });
  const startedAt = Date.now();

  const { ecs } = await invocation.connect(request.regionId);
  const run = createRun({
    ecs,
    target,
    log,
    sendBy: deadlineAt(deadline.at - Math.min(SETTLE_MS, deadline.left() * SETTLE_PART)),
    settleBy: deadline,
    ecsTimeoutMs: config.ecsTimeoutMs,
    ...tuning,
  });
  const outcomes = await detachAll(request.instanceIds, run, config.detachConcurrency);
  const answer = summarize(request, outcomes, {
    requestId: context.requestId,
    host,
    maxBytes: config.maxResponseBytes,
  });

  log.info('answered', {
    caller,
    ...target,
    status: answer.status,
    ...tally(outcomes),
    durationMs: Date.now() - startedAt,
  });
  return answer;
}
