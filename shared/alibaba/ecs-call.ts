import OpenApiUtil from '@alicloud/openapi-core/dist/utils.js';
import type { Model } from '@darabonba/typescript';
import type { Credentials } from '../config/credentials.ts';
import { CallError, callErrorOf } from '../ecs/call-error.ts';
import { createSanitizer } from '../log/sanitize.ts';
import { isRecord, jsonOf, type UnknownRecord } from '../record.ts';
import { type CallLimit, createCallLimits, type Operation } from '../retry/call-limit.ts';
import { acs3Call } from './acs3-call.ts';
import { callFailure } from './call-failure.ts';
import { ecsEndpoint } from './ecs-endpoint.ts';
import type { OwnCredentials } from './own-credentials.ts';
import { runSdkCall, SdkCallFailure } from './sdk-call.ts';
import { wireAddress } from './wire-address.ts';

export type EcsOptions = {
  regionId: string;
  credentials: Credentials;
  /** Other credentials to go on with when ECS refuses these. */
  replace?: OwnCredentials['replace'] | undefined;
  /** `https://host[:port]`, or http for loopback; without it ECS's own of the region. */
  endpoint?: string | undefined;
  /** Of an operation in this account and region, where others call there too. */
  limitOf?: (action: string) => CallLimit;
};

export type EcsCall = ReturnType<typeof createEcsCall>;

/**
 * How every operation of ECS is called: an official request model → the body of the answer as it was on the wire. The
 * generated client would copy each answer into models that turn what they know into strings and drop the rest.
 * Throws `CallError`. The region must have been checked: it becomes a part of the host name.
 */
export function createEcsCall({ regionId, credentials, replace, endpoint, limitOf = createCallLimits() }: EcsOptions) {
  const address = wireAddress(endpoint ?? ecsEndpoint(regionId), regionId);
  let active = credentials;
  let serverTime = 0;
  // A message of ECS may hold any of the credentials that it was called with.
  let hide = createSanitizer(credentials);
  const sanitize = (message: string) => hide(message);

  async function callWith(key: Credentials, action: string, request: Model, timeoutMs: number) {
    const query = OpenApiUtil.query(request.toMap());
    const rpc = { action, version: '2014-05-26', method: 'POST', path: '/', query } as const;
    const done = await runSdkCall(timeoutMs, (sdkTimeoutMs) => acs3Call(rpc, address, key, sdkTimeoutMs));
    if (done instanceof SdkCallFailure) throw callFailure(done, sanitize, `ecs:${action}`);
    serverTime = Math.max(serverTime, done.serverTime ?? 0);
    return bodyOf(done.answer.text);
  }

  async function call(action: string, request: Model, timeoutMs: number): Promise<UnknownRecord> {
    const startedAt = Date.now();
    const used = active;
    try {
      return await callWith(used, action, request, timeoutMs);
    } catch (error) {
      const other = replace?.(used, callErrorOf(error));
      if (!other) throw error;
      if (active === used) {
        const [before, after] = [hide, createSanitizer(other)];
        active = other;
        hide = (message) => before(after(message));
      }
      return callWith(active, action, request, Math.max(1, timeoutMs - (Date.now() - startedAt)));
    }
  }

  /** From what is asked to the official request model, and from the body of the answer to what it says. */
  function operation<Query, Answer>(
    action: string,
    requestOf: (query: Query) => Model,
    read: (body: UnknownRecord, query: Query) => Answer,
  ): Operation<Query, Answer> {
    const send = async (query: Query, timeoutMs: number) =>
      read(await call(action, requestOf(query), timeoutMs), query);
    return Object.assign(send, { limit: limitOf(action) });
  }

  return { operation, sanitize, serverTime: () => serverTime };
}

function bodyOf(text: string): UnknownRecord {
  const body = jsonOf(text);
  if (!isRecord(body)) throw CallError.unreadable('ECS answered 200 with something that is not an object');
  if ('Code' in body) throw CallError.unreadable('ECS answered 200 with a top-level Code');
  return body;
}
