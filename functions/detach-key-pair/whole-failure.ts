import { callErrorOf } from '../../shared/ecs/call-error.ts';
import type { Result } from './answer/answer.ts';
import type { Sections } from './answer/schema.ts';
import { failureOf } from './failures.ts';
import { failed } from './outcome.ts';
import type { DetachRequest } from './request/parse-request.ts';
import { RequestError } from './request/request-error.ts';

/**
 * What failed before any instance could be asked about (the role cannot be assumed, the instances cannot be found) is
 * the failure of each instance that was named. Where none was, there is nothing but the error to answer with.
 */
export async function wholeFailure(error: unknown, request: DetachRequest): Promise<Result> {
  const { target, scope } = request;
  const callError = callErrorOf(error);
  if (target.kind === 'filter' || scope.kind === 'wide') {
    throw new RequestError(callError.status ?? 503, callError.codeToReport, callError.message);
  }
  const failure = failureOf(callError);
  const outcomes = target.instanceIds.map((id) => failed(id, failure));
  return {
    keyPairName: scope.where.keyPairName,
    outcomes,
    sections: await nothingDone(request),
    unfinished: failure.retryable,
  };
}

async function nothingDone({ mode, reboot, online }: DetachRequest): Promise<Sections> {
  if (mode.kind === 'dry run') return { DryRun: 'true' };
  if (mode.kind === 'verify') return { Verify: 'true' };
  if (!reboot && !online) return {};
  const { onlineSection, rebootSection } = await import('./follow-up.ts');
  if (online) return { Online: onlineSection([]) };
  return { Reboot: rebootSection([]) };
}
