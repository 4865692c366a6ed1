import type { ServerResponse } from 'node:http';
import { type Answer, answer, note } from '../http/answer.ts';
import { RpcAnswers } from '../http/rpc-answer.ts';
import { headerOf, parametersOf, type WireRequest } from '../http/wire-request.ts';
import type { EcsCall } from './calls.ts';
import { refusals } from './errors.ts';
import { operate } from './operate.ts';
import { Parameters } from './parameters.ts';
import type { EcsState, Fault } from './state.ts';

const VERSION = '2014-05-26';

interface Exchange {
  readonly request: WireRequest;
  readonly parameters: Parameters;
  readonly call: EcsCall;
  readonly answers: RpcAnswers;
  readonly state: EcsState;
}

/** One request to the ECS API: recorded, verified, then done or spoilt by a scripted fault. */
export async function serveEcs(request: WireRequest, response: ServerResponse, state: EcsState): Promise<void> {
  const parameters = new Parameters(parametersOf(request));
  const action = headerOf(request, 'x-acs-action') ?? parameters.optional('Action') ?? '';
  const call = state.calls.record(request, action, parameters, state.clock.now());
  const answers = new RpcAnswers('Ecs', headerOf(request, 'host') ?? '', () => state.clock.now());
  const exchange = { request, parameters, call, answers, state };
  const refused = authenticate(exchange);
  const fault = refused ? undefined : state.faults.next(action, call);
  if (fault) call.fault = fault.kind;
  const play = {
    apply: () => refused ?? perform(exchange, fault),
    refuse: (status: number, code: string, message: string, headers: Record<string, string>) =>
      answers.refusal({ status, code, message, headers }),
    latencyMs: fault?.latencyMs ?? state.latencyMs,
  };
  note(call, await answer(response, play, fault?.kind === 'items' ? undefined : fault));
}

/** Writes the caller's account into the log, or answers why there is none. */
function authenticate({ request, parameters, call, answers, state }: Exchange): Answer | undefined {
  try {
    if (request.method !== 'GET' && request.method !== 'POST') throw refusals.httpMethod();
    if (request.path !== '/' || call.action === '') throw refusals.unknownAction();
    const version = headerOf(request, 'x-acs-version') ?? parameters.optional('Version');
    if (version !== VERSION) throw refusals.version();
    call.accountId = state.verifier.verify(request).accountId;
    return undefined;
  } catch (error) {
    return answers.refusalOf(error);
  }
}

function perform({ parameters, call, answers, state }: Exchange, fault: Fault | undefined): Answer {
  const items = fault?.kind === 'items' ? fault : undefined;
  try {
    const fields = operate({ action: call.action, accountId: call.accountId ?? '', parameters, items }, state);
    return answers.success(items?.rewrite ? items.rewrite(fields) : fields);
  } catch (error) {
    return answers.refusalOf(error);
  }
}
