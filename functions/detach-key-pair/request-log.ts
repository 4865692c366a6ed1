import { createHash } from 'node:crypto';
import type { Log } from '../../shared/log/log.ts';
import type { PublicKey } from '../../shared/public-key.ts';
import type { Answer, Result } from './answer/answer.ts';
import type { Caller } from './caller.ts';
import { tally } from './outcome.ts';
import type { DetachRequest } from './request/parse-request.ts';
import type { Scope } from './request/place.ts';

/** Logs a request as it begins; `done` logs what came of it: one line each, and warnings that name what was not reached. */
export function createRequestLog({ mode, target, scope }: DetachRequest, caller: Caller, log: Log) {
  const startedAt = Date.now();
  const what = { caller, mode: mode.kind, ...describeScope(scope) };
  log.info('request', {
    ...what,
    target: target.kind,
    ...(target.kind === 'ids' && { instances: target.instanceIds.length }),
  });
  return {
    done(result: Result, { status }: Answer): void {
      warnOf(result, log);
      const durationMs = Date.now() - startedAt;
      log.info('response', { ...what, status, ...tally(result.outcomes), ...queuedOf(result), durationMs });
    },
  };
}

function warnOf({ outcomes, places }: Result, log: Log): void {
  const unreachable = outcomes.find((outcome) => !outcome.ok && outcome.failure.why === 'unreachable');
  if (unreachable && !unreachable.ok) log.warn('service not reached', { reason: unreachable.failure.message });
  const unsearched = places?.Places.filter(({ Code }) => Code !== '200') ?? [];
  if (unsearched.length === 0) return;
  const named = unsearched.slice(0, MAX_NAMED).map(({ RegionId, RoleArn, Code, Message }) => ({
    regionId: RegionId,
    roleArn: RoleArn,
    code: Code,
    message: Message,
  }));
  log.warn('places not searched whole', { count: unsearched.length, places: named });
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
