import EcsClient, {
  DescribeInstancesRequest,
  DescribeKeyPairsRequest,
  DetachKeyPairRequest,
  RebootInstancesRequest,
} from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import type { Credentials } from '../config/credentials.ts';
import { CallError, callErrorOf } from '../ecs/call-error.ts';
import type { Ecs } from '../ecs/ecs.ts';
import { createSanitizer } from '../log/sanitize.ts';
import { isRecord, recordOf, type UnknownRecord } from '../record.ts';
import { callFailure } from './call-failure.ts';
import type { OwnCredentials } from './own-credentials.ts';
import { readDetachAnswer, readInstancePage, readKeyPairNames, readPublicKey, readRebootItems } from './read-ecs.ts';
import { runSdkCall, SdkCallFailure } from './sdk-call.ts';
import { wireAddress } from './wire-address.ts';

export type EcsOptions = {
  regionId: string;
  credentials: Credentials;
  /** Other credentials to go on with when ECS refuses these. */
  replace?: OwnCredentials['replace'] | undefined;
  /** `https://host[:port]`, or http for loopback; without it the SDK's own table says where a region is served. */
  endpoint?: string | undefined;
};

/** The official client behind our port. The region must have been checked: the SDK puts it into the host name as it is. */
export function createEcs(options: EcsOptions): Ecs {
  const { asCall, sanitize, serverTime } = createEcsClient(options);
  return {
    now: () => Math.max(Date.now(), serverTime()),
    detachKeyPair: ({ instanceIds, ...call }, timeoutMs) =>
      asCall(timeoutMs, async (client, runtime) => {
        const request = new DetachKeyPairRequest({ ...call, instanceIds: JSON.stringify(instanceIds) });
        await client.detachKeyPairWithOptions(request, runtime);
        return readDetachAnswer(client.bodyOf(runtime), sanitize);
      }),
    describeInstances: ({ instanceIds, tags, pageNumber, ...query }, timeoutMs) =>
      asCall(timeoutMs, async (client, runtime) => {
        const ids = instanceIds && JSON.stringify(instanceIds);
        const paging = pageNumber === undefined ? { maxResults: 100 } : { pageNumber, pageSize: 100 };
        const request = new DescribeInstancesRequest({ ...query, ...paging, tag: tags, instanceIds: ids });
        await client.describeInstancesWithOptions(request, runtime);
        return readInstancePage(client.bodyOf(runtime));
      }),
    keyPairExists: (query, timeoutMs) =>
      asCall(timeoutMs, async (client, runtime) => {
        await client.describeKeyPairsWithOptions(new DescribeKeyPairsRequest(query), runtime);
        return readKeyPairNames(client.bodyOf(runtime)).includes(query.keyPairName);
      }),
    publicKeyOf: (query, timeoutMs) =>
      asCall(timeoutMs, async (client, runtime) => {
        await client.describeKeyPairsWithOptions(
          new DescribeKeyPairsRequest({ ...query, includePublicKey: true }),
          runtime,
        );
        return readPublicKey(client.bodyOf(runtime), query.keyPairName);
      }),
    rebootInstances: ({ instanceIds, force, regionId }, timeoutMs) =>
      asCall(timeoutMs, async (client, runtime) => {
        const request = new RebootInstancesRequest({
          regionId,
          instanceId: instanceIds,
          forceReboot: force,
          batchOptimization: 'SuccessFirst', // the default lets one instance that cannot be rebooted stop all
        });
        await client.rebootInstancesWithOptions(request, runtime);
        return readRebootItems(client.bodyOf(runtime), sanitize);
      }),
  };
}

/** What every operation of ECS is called by. A message of ECS may hold any of the credentials that it was called with. */
export function createEcsClient({ regionId, credentials, replace, endpoint }: EcsOptions) {
  const clientFor = (key: Credentials) =>
    new WireEcsClient(new $OpenApiUtil.Config({ ...key, regionId, ...(endpoint && wireAddress(endpoint, regionId)) }));
  let active = { credentials, client: clientFor(credentials) };
  let serverTime = 0;
  let hide = createSanitizer(credentials);
  const sanitize = (message: string) => hide(message);
  async function callOnce<T>(timeoutMs: number, call: Call<T>, client: WireEcsClient): Promise<T> {
    const done = await runSdkCall(timeoutMs, (sdkTimeoutMs) =>
      call(client, new RuntimeOptions({ readTimeout: sdkTimeoutMs, connectTimeout: sdkTimeoutMs })),
    );
    if (done instanceof SdkCallFailure) throw callFailure(done, sanitize);
    serverTime = Math.max(serverTime, done.serverTime ?? 0);
    return done.answer;
  }
  const asCall: AsCall = async (timeoutMs, call) => {
    const startedAt = Date.now();
    const used = active;
    try {
      return await callOnce(timeoutMs, call, used.client);
    } catch (error) {
      const other = replace?.(used.credentials, callErrorOf(error));
      if (!other) throw error;
      if (active === used) {
        const [before, after] = [hide, createSanitizer(other)];
        active = { credentials: other, client: clientFor(other) };
        hide = (message) => before(after(message));
      }
      return callOnce(Math.max(1, timeoutMs - (Date.now() - startedAt)), call, active.client);
    }
  };
  return { asCall, sanitize, serverTime: () => serverTime };
}

/**
 * The client with the bodies as they were on the wire. The SDK takes a 200 for success whatever it holds (one with a
 * `Code` is an error), and copies each answer into models that turn what they know into strings and drop the rest.
 */
class WireEcsClient extends EcsClient {
  readonly #bodies = new WeakMap<RuntimeOptions, UnknownRecord>();

  override async callApi(...call: Parameters<EcsClient['callApi']>): ReturnType<EcsClient['callApi']> {
    const { body, ...answer } = await super.callApi(...call);
    if (!isRecord(body)) throw CallError.unreadable('ECS answered 200 with something that is not an object');
    if ('Code' in body) throw CallError.unreadable('ECS answered 200 with a top-level Code');
    this.#bodies.set(call[2], body);
    return answer;
  }

  /** Of the call that was made with these options, which are its own. */
  bodyOf(runtime: RuntimeOptions): UnknownRecord {
    return recordOf(this.#bodies.get(runtime));
  }
}

type Call<T> = (client: WireEcsClient, runtime: RuntimeOptions) => Promise<T>;
type AsCall = <T>(timeoutMs: number, call: Call<T>) => Promise<T>;
