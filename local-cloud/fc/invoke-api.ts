import type { ServerResponse } from 'node:http';
import { type Answer, answer, note, send } from '../http/answer.ts';
import { ApiError } from '../http/api-error.ts';
import { headerOf, headerRecord, type WireRequest } from '../http/wire-request.ts';
import { verifyFc } from '../signature/verify-fc.ts';
import type { CloudFunction } from './cloud-function.ts';
import { fcRefusal } from './fc-answer.ts';
import { checkBodySize } from './http-limits.ts';
import { newFcRequestId } from './invocation.ts';
import { type InvocationHeaders, invocationHeaders, TASK_ID_HEADER } from './invocation-headers.ts';
import { type FcCall, type FcState, functionNamed } from './state.ts';

const FC3_PATH = /^\/2023-03-30\/functions\/([^/]+)\/invocations$/;
const FC2_PATH = /^\/2016-08-15\/services\/([^/]+)\/functions\/([^/]+)\/invocations$/;
const LOG_TAIL_BYTES = 4096;

interface Asked {
  readonly request: WireRequest;
  readonly name: string;
  readonly headers: InvocationHeaders;
}

/** One request to InvokeFunction. */
export async function serveInvoke(request: WireRequest, response: ServerResponse, state: FcState): Promise<void> {
  const { edition } = state.place;
  let asked: Asked;
  try {
    asked = ask(request, state);
  } catch (error) {
    send(response, fcRefusal(error, edition));
    return;
  }
  const call = record(asked, state);
  const fault = state.faults.next('InvokeFunction', call);
  if (fault) call.fault = fault.kind;
  const play = {
    apply: () => invoke(asked, state),
    refuse: (status: number, code: string, message: string, headers: Record<string, string>) =>
      fcRefusal(new ApiError(status, code, message, headers), edition),
    latencyMs: 0,
  };
  note(call, await answer(response, play, fault));
}

function ask(request: WireRequest, state: FcState): Asked {
  const name = functionNameOf(request, state);
  const headers = invocationHeaders(request, state.place.edition);
  checkBodySize(request.body.length, headers.isAsync);
  return { request, name, headers };
}

/** The function that a signed request names, on the path and by the scheme of the cloud's edition. */
function functionNameOf(request: WireRequest, { place, verifier }: FcState): string {
  const path = (place.edition === 'fc3' ? FC3_PATH : FC2_PATH).exec(request.path);
  if (!path || request.method !== 'POST') throw new ApiError(404, 'NotFound', `no ${request.method} ${request.path}`);
  if (place.edition === 'fc3') {
    verifier.verifyAcs3(request);
    return path[1] ?? '';
  }
  verifyFc(request, verifier.keys);
  const service = (path[1] ?? '').split('.')[0];
  if (service !== place.serviceName) throw new ApiError(404, 'ServiceNotFound', `service '${service}' does not exist`);
  return path[2] ?? '';
}

async function invoke(asked: Asked, state: FcState): Promise<Answer> {
  try {
    const target = functionNamed(state, asked.name);
    return asked.headers.isAsync ? enqueue(asked, target, state) : await run(asked, target);
  } catch (error) {
    return fcRefusal(error, state.place.edition);
  }
}

function enqueue({ request, headers }: Asked, target: CloudFunction, { queue, place }: FcState): Answer {
  const { taskId, delaySeconds } = headers;
  const task = queue.enqueue(target, {
    event: request.body,
    delaySeconds,
    ...(taskId === undefined ? {} : { taskId }),
  });
  return {
    status: 202,
    headers: { 'x-fc-request-id': task.requestId, [TASK_ID_HEADER[place.edition]]: task.id },
    body: '',
  };
}

async function run({ request }: Asked, target: CloudFunction): Promise<Answer> {
  const { requestId, errorType, logs, payload } = await target.invoke({
    requestId: newFcRequestId(),
    event: request.body,
  });
  const tail = Buffer.from(logs.join('\n')).subarray(-LOG_TAIL_BYTES).toString('base64');
  return {
    // 200 even when the function failed: only the header tells.
    status: 200,
    headers: {
      'x-fc-request-id': requestId,
      ...(errorType === undefined ? {} : { 'x-fc-error-type': errorType }),
      ...(headerOf(request, 'x-fc-log-type') === 'Tail' ? { 'x-fc-log-result': tail } : {}),
    },
    body: payload,
  };
}

function record({ request, name, headers: { isAsync, taskId, delaySeconds } }: Asked, state: FcState): FcCall {
  const call: FcCall = {
    function: name,
    invocationType: isAsync ? 'Async' : 'Sync',
    taskId,
    delaySeconds,
    payload: request.body.toString('utf8'),
    headers: headerRecord(request),
    at: state.clock.now(),
    number: state.calls.length + 1,
  };
  state.calls.push(call);
  return call;
}
