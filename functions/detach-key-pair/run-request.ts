import { createHash } from 'node:crypto';
import type { PublicKey } from '../../shared/public-key.ts';
import { type Answer, type Result, summarize } from './answer/answer.ts';
import type { Caller } from './caller.ts';
import { carryOut } from './carry-out.ts';
import type { Invocation } from './invocation.ts';
import { tally } from './outcome.ts';
import type { Origin } from './queue/waves.ts';
import type { DetachRequest } from './request/parse-request.ts';
import type { Scope } from './request/place.ts';
import { wholeFailure } from './whole-failure.ts';

export type AskedBy = {
  readonly caller: Caller;
  readonly origin: Origin;
  /** The host that was called. */
  readonly host: string;
};

/** A checked request → the aggregated answer, by the deadline whatever ECS does; both logged. */
export async function detachKeyPair(
  request: DetachRequest,
  { caller, origin, host }: AskedBy,
  invocation: Invocation,
): Promise<Answer> {
  const { config, context, log } = invocation;
  const { mode, target } = request;
  const startedAt = Date.now();
  const what = { caller, mode: mode.kind, ...describeScope(request.scope) };
  log.info('request', {
    ...what,
    target: target.kind,
    ...(target.kind === 'ids' && { instances: target.instanceIds.length }),
  });

  const result = await carryOut(request, origin, invocation).catch((error) => wholeFailure(error, request));
  const asked = { requestId: context.requestId, host, maxBytes: config.maxResponseBytes };
  const unreachable = result.outcomes.find((outcome) => !outcome.ok && outcome.failure.why === 'unreachable');
  if (unreachable && !unreachable.ok) log.warn('service not reached', { reason: unreachable.failure.message });
  const unsearched = result.places?.Places.filter(({ Code }) => Code !== '200') ?? [];
  if (unsearched.length > 0) {
    const places = unsearched.slice(0, MAX_NAMED).map(({ RegionId, RoleArn, Code, Message }) => ({
      regionId: RegionId,
      roleArn: RoleArn,
      code: Code,
      message: Message,
    }));
    log.warn('places not searched whole', { count: unsearched.length, places });
  }
  const answer = summarize(request, result, asked);

  const durationMs = Date.now() - startedAt;
  log.info('response', { ...what, status: answer.status, ...tally(result.outcomes), ...queuedOf(result), durationMs });
  return answer;
}

/** Places are named so far in the log. */
const MAX_NAMED = 20;

/** For the log. A public key is named as ssh-keygen does. */
function describeScope(scope: Scope): Record<string, unknown> {
  if (scope.kind === 'one') {
    const { regionId, keyPairName, roleArn } = scope.where;
    return { regionId, keyPairName, ...(roleArn && { roleArn }) };
  }
  const { regionIds: regionId, roleArns, key } = scope;
  return {
    regionId,
    ...(key.kind === 'name' ? { keyPairName: key.keyPairName } : { publicKey: fingerprintOf(key.publicKey) }),
    ...(roleArns.some((role) => role !== undefined) && { roleArn: roleArns.map((role) => role ?? 'own account') }),
  };
}

function fingerprintOf({ blob }: PublicKey): string {
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** How many instances were handed to FC's queue: to be restarted, or to be continued. */
function queuedOf({ sections: { Reboot, Online, Continuation } }: Result): Record<string, number> {
  return {
    ...(Reboot && { reboots: Number(Reboot.TotalCount), rebootsFailed: Number(Reboot.FailCount) }),
    ...(Online && { removals: Number(Online.TotalCount), removalsFailed: Number(Online.FailCount) }),
    ...(Continuation && { continued: Number(Continuation.InstanceCount) }),
  };
}
