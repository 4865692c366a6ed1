import { connect } from '../../shared/alibaba/connect.ts';
import { type Environment, loadConfig } from '../../shared/config.ts';
import { type Context, readContext } from '../../shared/context.ts';
import { deadlineAt } from '../../shared/deadline.ts';
import { readEvent } from '../../shared/event.ts';
import { causeOf, createLog } from '../../shared/log.ts';
import { recordOf } from '../../shared/record.ts';
import { redactor, secretsOf } from '../../shared/redact.ts';
import type { Answer } from './answer.ts';
import { handle, internalError } from './handle.ts';
import type { Invocation } from './invocation.ts';
import { type HttpRequest, readHttpEvent } from './request/http-request.ts';
import { type HttpResponse, respond } from './respond.ts';

export type EnterOptions = {
  variables: Environment;
  tuning?: Invocation['tuning'];
  write?: (line: string) => void;
};

/** One invocation by the HTTP trigger of FC 3.0: event and context → what the trigger takes back. */
export async function enter(event: unknown, rawContext: unknown, options: EnterOptions): Promise<HttpResponse> {
  const startedAt = Date.now();
  const context = readContext(rawContext);
  const http = readHttpEvent(recordOf(readEvent(event)));
  if (!http) throw new Error('this is not an event of an HTTP trigger');
  return respond(await answerTo(http, context, startedAt, options), context.requestId);
}

async function answerTo(
  http: HttpRequest,
  context: Context,
  startedAt: number,
  { variables, tuning, write }: EnterOptions,
): Promise<Answer> {
  const { requestId } = context;
  try {
    const config = loadConfig(variables);
    const { logLevel: level, webhookSecrets, credentials } = config;
    const redact = redactor([...webhookSecrets, ...secretsOf(credentials), ...secretsOf(context.credentials)]);
    return await handle(http, {
      config,
      context,
      log: createLog({ requestId, level, redact, write }),
      deadline: deadlineAt(startedAt + context.timeoutMs - config.deadlineMarginMs),
      services: connect(config, context),
      tuning,
    });
  } catch (error) {
    // A bad setting: the module loads all the same, so that every call can say whose fault it is.
    createLog({ requestId, write }).error('failed', { cause: causeOf(error) });
    return internalError({ requestId, host: http.host });
  }
}
