import { connect } from '../../shared/alibaba/connect.ts';
import { type Environment, loadConfig } from '../../shared/config/config.ts';
import { type Context, readContext } from '../../shared/fc/context.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { readEvent } from '../../shared/fc/event.ts';
import { causeOf, createLog, type Log } from '../../shared/log/log.ts';
import { redactor, secretsOf } from '../../shared/log/sanitize.ts';
import { recordOf } from '../../shared/record.ts';
import { internalError } from './error-boundary.ts';
import { conclude, handleEvent } from './event/handle-event.ts';
import { handle } from './http/handle-http.ts';
import { type HttpRequest, readHttpEvent } from './http/http-request.ts';
import { type HttpResponse, respond } from './http/response.ts';
import type { Invocation } from './invocation.ts';

export type EnterOptions = {
  variables: Environment;
  tuning?: Invocation['tuning'] | undefined;
  write?: ((line: string) => void) | undefined;
};

/** One invocation of FC 3.0: event and context → what the HTTP trigger takes back, or an event's answer. */
export async function enter(event: unknown, rawContext: unknown, options: EnterOptions): Promise<unknown> {
  const content = readEvent(event);
  const http = readHttpEvent(recordOf(content));
  if (http) return enterHttp(http, rawContext, options);
  const opened = open(rawContext, options);
  const asked = { requestId: opened.context.requestId, host: '' };
  return opened.invocation ? handleEvent(content, opened.invocation) : conclude(internalError(asked));
}

export async function enterHttp(http: HttpRequest, rawContext: unknown, options: EnterOptions): Promise<HttpResponse> {
  const { context, invocation } = open(rawContext, options);
  const { requestId } = context;
  const answer = invocation ? await handle(http, invocation) : internalError({ requestId, host: http.host });
  return respond(answer, requestId);
}

/** A bad setting leaves no invocation: the module loads all the same, so that every call can say whose fault it is. */
function open(
  rawContext: unknown,
  { variables, tuning, write }: EnterOptions,
): { context: Context; invocation?: Invocation } {
  const startedAt = Date.now();
  const context = readContext(rawContext);
  const { requestId } = context;
  try {
    const config = loadConfig(variables);
    const redact = redactor([
      ...config.webhookSecrets,
      ...secretsOf(config.credentials),
      ...secretsOf(context.credentials),
    ]);
    const log: Log = createLog({ requestId, level: config.logLevel, redact, write });
    const deadline = deadlineAt(startedAt + context.timeoutMs - config.deadlineMarginMs);
    return { context, invocation: { config, context, log, deadline, services: connect(config, context), tuning } };
  } catch (error) {
    createLog({ requestId, write }).error('failed', { cause: causeOf(error) });
    return { context };
  }
}
