import { readEvent } from '../../shared/fc/event.ts';
import { type SetupOptions, setUp } from '../../shared/fc/setup.ts';
import { causeOf } from '../../shared/log/log.ts';
import { isRemovalMessage } from '../../shared/messages/removal-message.validator.ts';
import { firstError } from '../../shared/schema/schema-error.ts';
import { handle, type RemovalInvocation } from './handle-message.ts';
import { isFailure, summarize } from './outcome.ts';
import { rebootSection } from './queue-restarts.ts';

type EnterOptions = SetupOptions & {
  tuning?: RemovalInvocation['tuning'];
};

/** Makes FC run the message again, and in the end call `onFailure`. The message is the answer as JSON. */
export class RemovalFailure extends Error {
  override readonly name = 'RemovalFailure';
}

/** One delivery of one message → the answer; thrown when the key may still be on any of its instances. */
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
    if (!isRemovalMessage(message)) {
      const { path, message: why } = firstError(isRemovalMessage);
      log.warn('malformed message', { field: path.join('.'), why });
      throw refusal(requestId, 'MalformedBody', `This is not a removal message: ${path.join('.')} ${why}.`);
    }
    const { outcomes, restarts } = await handle(message, {
      ...ready,
      requestId,
      tuning,
    });
    const actions: Record<string, number> = {};
    for (const { action } of outcomes) actions[action] = (actions[action] ?? 0) + 1;
    const { RegionId: regionId, KeyPairName: keyPairName, SourceRequestId: sourceRequestId } = message;
    log.info('removal', { sourceRequestId, regionId, keyPairName, actions, durationMs: Date.now() - startedAt });
    const answer = { ...summarize(requestId, outcomes), ...(restarts && { Reboot: rebootSection(restarts) }) };
    const notQueued = (restarts ?? []).some(({ submitted }) => submitted.status === 'Failed');
    if (notQueued || outcomes.some(isFailure)) throw new RemovalFailure(JSON.stringify(answer));
    return answer;
  } catch (error) {
    if (error instanceof RemovalFailure) throw error;
    log.error('failed', { cause: causeOf(error) });
    throw internalError(requestId);
  }
}

function internalError(requestId: string): RemovalFailure {
  return refusal(requestId, 'InternalError', `The removal has failed; the log says why, under ${requestId}.`);
}

function refusal(requestId: string, code: string, message: string): RemovalFailure {
  return new RemovalFailure(JSON.stringify({ RequestId: requestId, Code: code, Message: message }));
}
