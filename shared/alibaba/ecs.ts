import EcsClient, {
  DescribeInstancesRequest,
  DescribeKeyPairsRequest,
  DetachKeyPairRequest,
  RebootInstancesRequest,
} from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { CallError } from '../call-error.ts';
import type { Credentials } from '../credentials.ts';
import type { Ecs } from '../ecs.ts';
import { isRecord } from '../record.ts';
import { type Present, presenting } from '../redact.ts';
import { callFailure } from './call-failure.ts';
import { ExchangeFailure, exchange } from './exchange.ts';
import { readDetachAnswer, readInstancePage, readRebootItems } from './read-ecs.ts';
import { wireAddress } from './wire-address.ts';

type EcsOptions = {
  regionId: string;
  credentials: Credentials;
  /** `https://host[:port]`, or http for loopback; without it the SDK's own table says where a region is served. */
  endpoint?: string | undefined;
};

/** The official client behind our port. The region must have been checked: the SDK puts it into the host name as it is. */
export function createEcs({ regionId, credentials, endpoint }: EcsOptions): Ecs {
  const client = new StrictEcsClient(
    new $OpenApiUtil.Config({ ...credentials, regionId, ...(endpoint && wireAddress(endpoint, regionId)) }),
  );
  const present = presenting(credentials);
  const asCall: AsCall = (timeoutMs, call) => ecsCall(timeoutMs, call, present);
  return {
    detachKeyPair: ({ instanceIds, ...call }, timeoutMs) =>
      asCall(timeoutMs, async (runtime) => {
        const request = new DetachKeyPairRequest({ ...call, instanceIds: JSON.stringify(instanceIds) });
        return readDetachAnswer((await client.detachKeyPairWithOptions(request, runtime)).body, present);
      }),
    describeInstances: ({ instanceIds, tags, ...query }, timeoutMs) =>
      asCall(timeoutMs, async (runtime) => {
        const ids = instanceIds && JSON.stringify(instanceIds);
        const request = new DescribeInstancesRequest({ ...query, tag: tags, instanceIds: ids, maxResults: 100 });
        return readInstancePage((await client.describeInstancesWithOptions(request, runtime)).body);
      }),
    keyPairExists: (query, timeoutMs) =>
      asCall(timeoutMs, async (runtime) => {
        const { body } = await client.describeKeyPairsWithOptions(new DescribeKeyPairsRequest(query), runtime);
        const keyPairs = body?.keyPairs?.keyPair;
        if (!keyPairs) throw CallError.unreadable('ECS answered 200 without KeyPairs');
        return keyPairs.some(({ keyPairName }) => keyPairName === query.keyPairName);
      }),
    rebootInstances: ({ instanceIds, force, regionId }, timeoutMs) =>
      asCall(timeoutMs, async (runtime) => {
        const request = new RebootInstancesRequest({
          regionId,
          instanceId: instanceIds,
          forceReboot: force,
          batchOptimization: 'SuccessFirst', // the default lets one instance that cannot be rebooted stop all
        });
        return readRebootItems((await client.rebootInstancesWithOptions(request, runtime)).body, present);
      }),
  };
}

/** The SDK takes a 200 for success whatever it holds; a 200 with a `Code` is somebody's error. */
class StrictEcsClient extends EcsClient {
  override async callApi(...call: Parameters<EcsClient['callApi']>): ReturnType<EcsClient['callApi']> {
    const answer = await super.callApi(...call);
    if (!isRecord(answer['body'])) throw CallError.unreadable('ECS answered 200 with something that is not an object');
    if ('Code' in answer['body']) throw CallError.unreadable('ECS answered 200 with a top-level Code');
    return answer;
  }
}

type Call<T> = (runtime: RuntimeOptions) => Promise<T>;
type AsCall = <T>(timeoutMs: number, call: Call<T>) => Promise<T>;

// The SDK's own timeouts are 3 s and do not end a body that drips: `exchange` is the bound, these must not be less.
async function ecsCall<T>(timeoutMs: number, call: Call<T>, present: Present): Promise<T> {
  const slack = timeoutMs + 1_000;
  const runtime = new RuntimeOptions({ readTimeout: slack, connectTimeout: slack });
  const done = await exchange(timeoutMs, () => call(runtime));
  if (done instanceof ExchangeFailure) throw callFailure(done, present);
  return done.answer;
}
