import type { ServerResponse } from 'node:http';
import { type Answer, answer, note } from './answer.ts';
import type { FaultScript, HttpFault } from './fault.ts';
import type { RpcAnswers } from './rpc-answer.ts';

/** What the log of a service holds of a call, beside what is its own. */
export interface RpcCall {
  readonly action: string;
  fault?: string;
  status?: number;
  code?: string;
}

/** Answers one recorded call by `perform`, whose exceptions are refusals, or by the fault that a script has for it. */
export async function answerRpc<Call extends RpcCall>(
  response: ServerResponse,
  call: Call,
  { answers, faults }: { readonly answers: RpcAnswers; readonly faults: FaultScript<Call, HttpFault> },
  perform: () => Answer,
): Promise<void> {
  const apply = () => {
    try {
      return perform();
    } catch (error) {
      return answers.refusalOf(error);
    }
  };
  const refuse = (status: number, code: string, message: string, headers: Record<string, string>) =>
    answers.refusal({ status, code, message, headers });
  const fault = faults.next(call.action, call);
  if (fault) call.fault = fault.kind;
  note(call, await answer(response, { apply, refuse, latencyMs: 0 }, fault));
}
