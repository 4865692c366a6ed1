import type { Context } from '../../shared/fc/context.ts';
import { readEvent } from '../../shared/fc/event.ts';
import { type SetupOptions, setUp } from '../../shared/fc/setup.ts';
import { recordOf } from '../../shared/record.ts';
import { ECS_ACTIONS } from './ecs-actions.ts';
import { internalError } from './error-boundary.ts';
import { conclude, handleEvent } from './event/handle-event.ts';
import { handle } from './http/handle-http.ts';
import { type HttpRequest, readHttpEvent } from './http/http-request.ts';
import { type HttpResponse, respond } from './http/response.ts';
import type { Invocation } from './invocation.ts';

/** One invocation of FC 3.0: event and context → what the HTTP trigger takes back, or an event's answer. */
export async function enter(event: unknown, rawContext: unknown, options: SetupOptions): Promise<unknown> {
  const content = readEvent(event);
  const http = readHttpEvent(recordOf(content));
  // A direct invocation may have this form too, but not know the id that FC gives it.
  const { requestId } = recordOf(recordOf(content)['requestContext']);
  if (http) return enterHttp(http, rawContext, options, requestId === recordOf(rawContext)['requestId']);
  const opened = open(rawContext, options);
  const asked = { requestId: opened.context.requestId, host: '' };
  return opened.invocation ? handleEvent(content, opened.invocation) : conclude(internalError(asked));
}

/** `isConfirmed`: it is known to come from an HTTP trigger, as each call of an HTTP function of FC 2.0 does. */
export async function enterHttp(
  http: HttpRequest,
  rawContext: unknown,
  options: SetupOptions,
  isConfirmed = true,
): Promise<HttpResponse> {
  const { context, invocation } = open(rawContext, options);
  const { requestId } = context;
  const answer = invocation
    ? await handle(http, invocation, isConfirmed)
    : internalError({ requestId, host: http.host });
  return respond(answer, requestId);
}

function open(rawContext: unknown, options: SetupOptions): { context: Context; invocation: Invocation | undefined } {
  const { context, log, startedAt, ready } = setUp(rawContext, { ecsActions: ECS_ACTIONS, ...options });
  return { context, invocation: ready && { ...ready, context, log, startedAt } };
}
