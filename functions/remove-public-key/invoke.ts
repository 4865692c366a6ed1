import { connect } from '../../shared/alibaba/connect.ts';
import { type Environment, loadConfig } from '../../shared/config/config.ts';
import { readContext } from '../../shared/fc/context.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { readEvent } from '../../shared/fc/event.ts';
import { causeOf, createLog } from '../../shared/log/log.ts';
import { redactor, secretsOf } from '../../shared/log/sanitize.ts';
import { isRemovalMessage } from '../../shared/messages/removal-message.validator.ts';
import { firstError } from '../../shared/schema/schema-error.ts';
import { handle, type RemovalInvocation } from './handle-message.ts';
import { isFailure, summarize } from './outcome.ts';
import { rebootSection } from './queue-restarts.ts';

type EnterOptions = {
  variables: Environment;
  tuning?: RemovalInvocation['tuning'];
  write?: ((line: string) => void) | undefined;
};

/** Makes FC run the message again, and in the end call `onFailure`. The message is the answer as JSON. */
export class RemovalFailure extends Error {
  override readonly name = 'RemovalFailure';
}

/** One delivery of one message → the answer; thrown when the key may still be on any of its instances. */
export async function enter(
  event: unknown,
  rawContext: unknown,
  { variables, tuning, write }: EnterOptions,
): Promise<unknown> {
  const startedAt = Date.now();
  const context = readContext(rawContext);
  const { requestId } = context;
  let log = createLog({ requestId, write });
  try {
    const config = loadConfig(variables);
    const redact = redactor([...secretsOf(config.credentials), ...secretsOf(context.credentials)]);
    log = createLog({ requestId, level: config.logLevel, redact, write });
    const message = readEvent(event);
    if (!isRemovalMessage(message)) {
      const { path, message: why } = firstError(isRemovalMessage);
      log.warn('malformed message', { field: path.join('.'), why });
      throw refusal(requestId, 'MalformedBody', `This is not a removal message: ${path.join('.')} ${why}.`);
    }
    const deadline = deadlineAt(startedAt + context.timeoutMs - config.deadlineMarginMs);
    const { outcomes, restarts } = await handle(message, {
      config,
      services: connect(config, context),
      deadline,
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
    throw refusal(requestId, 'InternalError', `The removal has failed; the log says why, under ${requestId}.`);
  }
}

function refusal(requestId: string, code: string, message: string): RemovalFailure {
  return new RemovalFailure(JSON.stringify({ RequestId: requestId, Code: code, Message: message }));
}
