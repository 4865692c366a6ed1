import type { ServerResponse } from 'node:http';
import { type Answer, answer } from '../http/answer.ts';
import { ApiError } from '../http/api-error.ts';
import { headerOf, type WireRequest } from '../http/wire-request.ts';
import { verifyFc } from '../signature/verify-fc.ts';
import { fcRefusal } from './fc-answer.ts';
import { checkBodySize } from './http-limits.ts';
import { newFcRequestId } from './invocation.ts';
import { type InvocationHeaders, invocationHeaders, TASK_ID_HEADER } from './invocation-headers.ts';
import { type FcCall, type FcState, functionNamed } from './state.ts';

const FC3_PATH = /^\/2023-03-30\/functions\/([^/]+)\/invocations$/;
const FC2_PATH = /^\/2016-08-15\/services\/([^/]+)\/functions\/([^/]+)\/invocations$/;
const LOG_TAIL_BYTES = 4096;

/** One request to InvokeFunction. */
export async function serveInvoke(request: WireRequest, response: ServerResponse, state: FcState): Promise<void> {
  const { edition } = state.place;
  const refuse = (status: number, code: string, message: string, headers: Record<string, string>) =>
    fcRefusal(new ApiError(status, code, message, headers), edition);
  let call: FcCall | undefined;
  let apply: () => Answer | Promise<Answer>;
  try {
    const name = functionNameOf(request, state);
    const headers = invocationHeaders(request, edition);
    checkBodySize(request.body.length, headers.isAsync);
    call = record(request, name, headers, state);
    apply = () => invoke(request, name, headers, state);
  } catch (error) {
    const refused = fcRefusal(error, edition);
    apply = () => refused;
  }
  const fault = call && state.faults.next('InvokeFunction', call);
  const sent = await answer(response, { apply, refuse, latencyMs: 0 }, fault);
  if (!call) return;
  if (fault) call.fault = fault.kind;
  if (sent) call.status = sent.status;
  if (sent?.code !== undefined) call.code = sent.code;
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

async function invoke(request: WireRequest, name: string, headers: InvocationHeaders, state: FcState): Promise<Answer> {
  try {
    const target = functionNamed(state, name);
    if (headers.isAsync) {
      const { taskId, delaySeconds } = headers;
      const event = request.body;
      const task = state.queue.enqueue(target, { event, delaySeconds, ...(taskId === undefined ? {} : { taskId }) });
      const { edition } = state.place;
      return {
        status: 202,
        headers: { 'x-fc-request-id': task.requestId, [TASK_ID_HEADER[edition]]: task.id },
        body: '',
      };
    }
    const result = await target.invoke({ requestId: newFcRequestId(), event: request.body });
    const tail = Buffer.from(result.logs.join('\n')).subarray(-LOG_TAIL_BYTES).toString('base64');
    return {
      // 200 even when the function failed: only the header tells.
      status: 200,
      headers: {
        'x-fc-request-id': result.requestId,
        ...(result.errorType === undefined ? {} : { 'x-fc-error-type': result.errorType }),
        ...(headerOf(request, 'x-fc-log-type') === 'Tail' ? { 'x-fc-log-result': tail } : {}),
      },
      body: result.payload,
    };
  } catch (error) {
    return fcRefusal(error, state.place.edition);
  }
}

function record(
  request: WireRequest,
  name: string,
  { isAsync, taskId, delaySeconds }: InvocationHeaders,
  state: FcState,
) {
  const call: FcCall = {
    function: name,
    invocationType: isAsync ? 'Async' : 'Sync',
    taskId,
    delaySeconds,
    payload: request.body.toString('utf8'),
    headers: Object.fromEntries(request.headers.map(([header]) => [header, headerOf(request, header) ?? ''])),
    at: state.clock.now(),
    number: state.calls.length + 1,
  };
  state.calls.push(call);
  return call;
}
