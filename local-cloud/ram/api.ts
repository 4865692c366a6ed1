import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { refusals as common } from '../ecs/errors.ts';
import { Parameters } from '../ecs/parameters.ts';
import type { Permissions } from '../ecs/permissions.ts';
import { answerRpc, type RpcCall } from '../http/answer-rpc.ts';
import type { FaultScript, HttpFault } from '../http/fault.ts';
import { RpcAnswers } from '../http/rpc-answer.ts';
import { headerOf, parametersOf, type WireRequest } from '../http/wire-request.ts';
import { claimedAccessKeyId, type Verifier } from '../signature/verify.ts';
import { RamAccount } from './account.ts';
import { policyOperations } from './policies.ts';
import { queueOperations } from './queues.ts';
import { refusals } from './refusals.ts';
import { roleOperations } from './roles.ts';

/** One call to RAM or to the queue service. */
export interface RamCall extends RpcCall {
  readonly parameters: Readonly<Record<string, string>>;
  readonly accessKeyId: string | undefined;
  readonly at: number;
}

export interface RamState {
  readonly clock: Clock;
  readonly verifier: Verifier;
  readonly permissions: Permissions;
  readonly accounts: Map<string, RamAccount>;
  readonly faults: FaultScript<RamCall, HttpFault>;
  readonly calls: RamCall[];
}

// The two services share a host here, and are told apart by their versions.
const SERVICES = new Map([
  ['2015-05-01', { product: 'Ram', operations: { ...roleOperations, ...policyOperations } }],
  ['2022-01-19', { product: 'Mns-open', operations: queueOperations }],
]);

export async function serveRam(request: WireRequest, response: ServerResponse, state: RamState): Promise<void> {
  const parameters = new Parameters(parametersOf(request));
  const action = headerOf(request, 'x-acs-action') ?? parameters.optional('Action') ?? '';
  const service = SERVICES.get(headerOf(request, 'x-acs-version') ?? parameters.optional('Version') ?? '');
  const answers = new RpcAnswers(service?.product ?? '', headerOf(request, 'host') ?? '', () => state.clock.now());
  const call: RamCall = {
    action,
    parameters: Object.fromEntries(parameters.values),
    accessKeyId: claimedAccessKeyId(request, parameters.values),
    at: state.clock.now(),
  };
  state.calls.push(call);
  await answerRpc(response, call, { answers, faults: state.faults }, () => {
    if (!service) throw common.version();
    const operation = service.operations[action];
    if (!operation) throw common.unknownAction();
    const { accountId } = state.verifier.verify(request);
    if (!state.permissions.allows(action)) throw refusals.noPermission();
    return answers.success(operation(parameters, accountOf(state, accountId), accountId));
  });
}

export function accountOf({ accounts }: Pick<RamState, 'accounts'>, accountId: string): RamAccount {
  const known = accounts.get(accountId) ?? new RamAccount();
  accounts.set(accountId, known);
  return known;
}
