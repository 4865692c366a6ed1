import { type Answer, send } from '../http/answer.ts';
import type { Service } from '../http/serve.ts';
import type { WireRequest } from '../http/wire-request.ts';
import type { CloudFunction } from './cloud-function.ts';
import { fcRefusal } from './fc-answer.ts';
import { httpAnswer } from './http-answer.ts';
import { fc2Http, httpEvent } from './http-event.ts';
import { checkBodySize, checkRequestSize } from './http-limits.ts';
import { type Invocation, newFcRequestId } from './invocation.ts';
import { invocationHeaders, TASK_ID_HEADER } from './invocation-headers.ts';
import type { FcState } from './state.ts';
import { authorize } from './trigger-auth.ts';

/** A function's URL: a request is checked by the gateway and made an event, the answer made an HTTP answer. */
export function triggerOf(target: CloudFunction, state: FcState): Service {
  return async (request, response, message) => {
    const sourceIp = message.socket.remoteAddress ?? '127.0.0.1';
    try {
      send(response, await handle({ request, sourceIp }, target, state));
    } catch (error) {
      send(response, fcRefusal(error, state.place.edition));
    }
  };
}

interface Asked {
  readonly request: WireRequest;
  readonly sourceIp: string;
}

async function handle({ request, sourceIp }: Asked, target: CloudFunction, state: FcState): Promise<Answer> {
  const { edition } = state.place;
  checkRequestSize(request);
  authorize(request, state.triggerAuth, state.verifier);
  const { isAsync, taskId, delaySeconds } = invocationHeaders(request, edition);
  checkBodySize(request.body.length, isAsync);
  const invocation = invocationOf({ request, sourceIp }, state);
  if (!isAsync) return httpAnswer(await target.invoke(invocation), state.switches);
  const task = state.queue.enqueue(target, {
    ...invocation,
    ...(taskId === undefined ? {} : { taskId }),
    delaySeconds,
  });
  const headers = { 'x-fc-request-id': task.requestId, [TASK_ID_HEADER[edition]]: task.id };
  return { status: 202, headers, body: '' };
}

function invocationOf({ request, sourceIp }: Asked, { place, switches }: FcState): Invocation {
  const requestId = newFcRequestId();
  if (place.edition === 'fc2') return { requestId, event: request.body, http: fc2Http(request, sourceIp) };
  const { accountId, regionId } = place;
  return { requestId, event: httpEvent(request, { accountId, regionId, requestId, sourceIp }, switches) };
}
