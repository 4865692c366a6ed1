import { headerRecord, type WireRequest } from '../http/wire-request.ts';
import { claimedAccessKeyId } from '../signature/verify.ts';
import { type Parameters, parseIdList } from './parameters.ts';

/** One call as it arrived, and how it was answered. */
export interface EcsCall {
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Of `InstanceIds`, `InstanceId` or `InstanceId.N`. */
  readonly instanceIds: readonly string[];
  readonly regionId: string | undefined;
  readonly accessKeyId: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The cloud's time. */
  readonly at: number;
  /** Which call of this action it is, from 1. */
  readonly number: number;
  /** Whose key signed it, once that is verified. */
  accountId?: string;
  /** The kind of the fault it met. */
  fault?: string;
  /** Absent until answered, and for ever when the answer is lost. */
  status?: number;
  code?: string;
}

/** Every call in the order of arrival. */
export class CallLog {
  readonly all: EcsCall[] = [];
  readonly #counts = new Map<string, number>();

  of(action: string): EcsCall[] {
    return this.all.filter((call) => call.action === action);
  }

  record(request: WireRequest, action: string, parameters: Parameters, at: number): EcsCall {
    const number = (this.#counts.get(action) ?? 0) + 1;
    this.#counts.set(action, number);
    const call: EcsCall = {
      action,
      parameters: Object.fromEntries(parameters.values),
      instanceIds: instanceIdsOf(parameters),
      regionId: parameters.optional('RegionId'),
      accessKeyId: claimedAccessKeyId(request, parameters.values),
      headers: headerRecord(request),
      at,
      number,
    };
    this.all.push(call);
    return call;
  }
}

function instanceIdsOf(parameters: Parameters): string[] {
  const listed = parseIdList(parameters.optional('InstanceIds') ?? '[]') ?? [];
  const single = parameters.optional('InstanceId');
  return [...listed, ...(single === undefined ? [] : [single]), ...parameters.list('InstanceId')];
}
