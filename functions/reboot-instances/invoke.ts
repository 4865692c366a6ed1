import { readEvent } from '../../shared/fc/event.ts';
import { type SetupOptions, setUp } from '../../shared/fc/setup.ts';
import { causeOf } from '../../shared/log/log.ts';
import { isRebootMessage } from '../../shared/messages/reboot-message.validator.ts';
import { firstError } from '../../shared/schema/schema-error.ts';
import { handle } from './handle-message.ts';
import { isFailure, summarize } from './outcome.ts';

type EnterOptions = SetupOptions & {
  tuning?: { readonly baseMs?: number };
};

/** Tells FC to run the message again, and in the end to call `onFailure`. The message is the answer as JSON. */
export class RebootFailure extends Error {
  override readonly name = 'RebootFailure';
}

/** One delivery of one message → the answer; thrown when anything is left that has to be seen to. */
export async function enter(
  event: unknown,
  rawContext: unknown,
  { tuning, ...options }: EnterOptions,
): Promise<unknown> {
  const { context, log, startedAt, ready } = setUp(rawContext, options);
  const { requestId } = context;
  if (!ready) throw internalError(requestId);
  try {
    const message = readEvent(event);
    if (!isRebootMessage(message)) {
      const { path, message: why } = firstError(isRebootMessage);
      log.warn('malformed message', { field: path.join('.'), why });
      throw refusal(requestId, 'MalformedBody', `This is not a reboot message: ${path.join('.')} ${why}.`);
    }
    const invocation = { ...ready, baseMs: tuning?.baseMs };
    const { RegionId: regionId, KeyPairName: keyPairName, SourceRequestId: sourceRequestId } = message;
    const outcomes = await handle(message, invocation);
    const unfinished = outcomes.some(isFailure);
    const actions: Record<string, number> = {};
    for (const { action } of outcomes) actions[action] = (actions[action] ?? 0) + 1;
    log.info('reboot', {
      sourceRequestId,
      regionId,
      keyPairName,
      actions,
      unfinished,
      durationMs: Date.now() - startedAt,
    });
    const answer = summarize(requestId, outcomes);
    if (unfinished) throw new RebootFailure(JSON.stringify(answer));
    return answer;
  } catch (error) {
    if (error instanceof RebootFailure) throw error;
    log.error('failed', { cause: causeOf(error) });
    throw internalError(requestId);
  }
}

function internalError(requestId: string): RebootFailure {
  return refusal(requestId, 'InternalError', `The reboot has failed; the log says why, under ${requestId}.`);
}

function refusal(requestId: string, code: string, message: string): RebootFailure {
  return new RebootFailure(JSON.stringify({ RequestId: requestId, Code: code, Message: message }));
}
