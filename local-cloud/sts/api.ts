import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { refusals } from '../ecs/errors.ts';
import { Parameters } from '../ecs/parameters.ts';
import { answerRpc, type RpcCall } from '../http/answer-rpc.ts';
import type { FaultScript, HttpFault } from '../http/fault.ts';
import { RpcAnswers } from '../http/rpc-answer.ts';
import { headerOf, parametersOf, type WireRequest } from '../http/wire-request.ts';
import { claimedAccessKeyId, type Verifier } from '../signature/verify.ts';
import { assumeRole } from './assume-role.ts';
import { callerIdentity } from './caller-identity.ts';
import type { Roles } from './roles.ts';

const VERSION = '2015-04-01';

export type StsOperation = 'AssumeRole' | 'GetCallerIdentity';

/** One request. */
export interface StsCall extends RpcCall {
  readonly parameters: Readonly<Record<string, string>>;
  readonly roleArn: string | undefined;
  readonly roleSessionName: string | undefined;
  readonly externalId: string | undefined;
  readonly accessKeyId: string | undefined;
  /** The cloud's time. */
  readonly at: number;
}

export interface StsState {
  readonly clock: Clock;
  readonly verifier: Verifier;
  readonly roles: Roles;
  readonly faults: FaultScript<StsCall, HttpFault>;
  readonly calls: StsCall[];
}

export async function serveSts(request: WireRequest, response: ServerResponse, state: StsState): Promise<void> {
  const parameters = new Parameters(parametersOf(request));
  const answers = new RpcAnswers('Sts', headerOf(request, 'host') ?? '', () => state.clock.now());
  const action = headerOf(request, 'x-acs-action') ?? parameters.optional('Action') ?? '';
  const call: StsCall = {
    action,
    parameters: Object.fromEntries(parameters.values),
    roleArn: parameters.optional('RoleArn'),
    roleSessionName: parameters.optional('RoleSessionName'),
    externalId: parameters.optional('ExternalId'),
    accessKeyId: claimedAccessKeyId(request, parameters.values),
    at: state.clock.now(),
  };
  state.calls.push(call);
  await answerRpc(response, call, { answers, faults: state.faults }, () => {
    if (action !== 'AssumeRole' && action !== 'GetCallerIdentity') throw refusals.unknownAction();
    if ((headerOf(request, 'x-acs-version') ?? parameters.optional('Version')) !== VERSION) throw refusals.version();
    const key = state.verifier.verify(request);
    if (action === 'GetCallerIdentity') return answers.success(callerIdentity(key));
    return answers.success(assumeRole(parameters, { ...state, keys: state.verifier.keys }));
  });
}
