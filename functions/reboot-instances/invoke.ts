import { connect } from '../../shared/alibaba/connect.ts';
import { type Environment, loadConfig } from '../../shared/config/config.ts';
import { readContext } from '../../shared/fc/context.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { readEvent } from '../../shared/fc/event.ts';
import { causeOf, createLog } from '../../shared/log/log.ts';
import { redactor, secretsOf } from '../../shared/log/sanitize.ts';
import { isRebootMessage } from '../../shared/messages/reboot-message.validator.ts';
import { firstError } from '../../shared/schema/schema-error.ts';
import { handle } from './handle-message.ts';
import { isFailure, summarize } from './outcome.ts';

type EnterOptions = {
  variables: Environment;
  tuning?: { readonly baseMs?: number };
  write?: ((line: string) => void) | undefined;
};

/** Tells FC to run the message again, and in the end to call `onFailure`. The message is the answer as JSON. */
export class RebootFailure extends Error {
  override readonly name = 'RebootFailure';
}

/** One delivery of one message → the answer; thrown when anything is left that has to be seen to. */
export async function enter(
  event: unknown,
  rawContext: unknown,
  { variables, tuning, write }: EnterOptions,
): Promise<unknown> {
  const startedAt = Date.now();
  const context = readContext(rawContext);
  const { requestId } = context;
  try {
    const config = loadConfig(variables);
    const redact = redactor([...secretsOf(config.credentials), ...secretsOf(context.credentials)]);
    const log = createLog({ requestId, level: config.logLevel, redact, write });
    const message = readEvent(event);
    if (!isRebootMessage(message)) {
      const { path, message: why } = firstError(isRebootMessage);
      throw new RebootFailure(
        refusal(requestId, 'MalformedBody', `This is not a reboot message: ${path.join('.')} ${why}.`),
      );
    }
    const deadline = deadlineAt(startedAt + context.timeoutMs - config.deadlineMarginMs);
    const invocation = { config, services: connect(config, context), deadline, baseMs: tuning?.baseMs };
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
    createLog({ requestId, write }).error('failed', { cause: causeOf(error) });
    throw new RebootFailure(
      refusal(requestId, 'InternalError', `The reboot has failed; the log says why, under ${requestId}.`),
    );
  }
}

function refusal(requestId: string, code: string, message: string): string {
  return JSON.stringify({ RequestId: requestId, Code: code, Message: message });
}
