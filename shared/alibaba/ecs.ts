import EcsClient, {
  DescribeInstancesRequest,
  type DescribeInstancesResponseBody,
  DetachKeyPairRequest,
} from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { CallError } from '../call-error.ts';
import type { Credentials } from '../credentials.ts';
import type { DetachItem, Ecs, Instance } from '../ecs.ts';
import { isRecord } from '../record.ts';
import { callFailure } from './call-failure.ts';
import { exchange } from './exchange.ts';

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
  return {
    detachKeyPair: ({ instanceIds, ...call }, timeoutMs) =>
      asCall(timeoutMs, async (runtime) => {
        const request = new DetachKeyPairRequest({ ...call, instanceIds: JSON.stringify(instanceIds) });
        const { body } = await client.detachKeyPairWithOptions(request, runtime);
        if (body?.failCount === undefined && body?.results === undefined) {
          throw CallError.unreadable('ECS answered 200 with neither FailCount nor Results');
        }
        return { failCount: countOf(body.failCount), items: (body.results?.result ?? []).map(readItem) };
      }),
    describeInstances: ({ regionId, instanceIds, keyPairName, tags, nextToken }, timeoutMs) =>
      asCall(timeoutMs, async (runtime) => {
        const request = new DescribeInstancesRequest({
          regionId,
          keyPairName,
          nextToken,
          tag: tags,
          instanceIds: instanceIds && JSON.stringify(instanceIds),
          maxResults: 100,
        });
        const { body } = await client.describeInstancesWithOptions(request, runtime);
        if (!body?.instances) throw CallError.unreadable('ECS answered 200 without Instances');
        return {
          instances: (body.instances.instance ?? []).flatMap(readInstance),
          nextToken: body.nextToken || undefined,
        };
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

// The SDK's own timeouts are 3 s and do not end a body that drips: `exchange` is the bound, these must not be less.
function asCall<T>(timeoutMs: number, call: (runtime: RuntimeOptions) => Promise<T>): Promise<T> {
  const slack = timeoutMs + 1_000;
  const runtime = new RuntimeOptions({ readTimeout: slack, connectTimeout: slack });
  return exchange(timeoutMs, () => call(runtime)).catch((error) => {
    throw callFailure(error);
  });
}

function wireAddress(endpoint: string, regionId: string): { endpoint: string; protocol: string } {
  const { protocol, host } = new URL(endpoint.replaceAll('{region}', regionId));
  return { endpoint: host, protocol: protocol.slice(0, -1) };
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

type WireItem = { instanceId?: string; success?: string; code?: string; message?: string };

/** `Success` decides; an item without it succeeded when its `Code` is 200. */
function readItem({ instanceId = '', success, code = '', message = '' }: WireItem): DetachItem {
  const said = success?.toLowerCase();
  return {
    instanceId,
    success: said === 'true' || (said !== 'false' && code === '200'),
    code: code === '200' ? '' : code,
    message,
  };
}

type WireInstance = NonNullable<NonNullable<DescribeInstancesResponseBody['instances']>['instance']>[number];

function readInstance({ instanceId, status = '', OSType, keyPairName, startTime }: WireInstance): Instance[] {
  const startedAt = Date.parse(startTime ?? '');
  if (!instanceId) return [];
  return [
    {
      instanceId,
      status,
      windows: OSType?.toLowerCase() === 'windows',
      keyPairName: keyPairName || undefined,
      startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
    },
  ];
}
