import type {
  DescribeInstancesResponseBody,
  DetachKeyPairResponseBody,
  RebootInstancesResponseBody,
} from '@alicloud/ecs20140526';
import { CallError } from '../call-error.ts';
import type { DetachAnswer, DetachItem, Instance, InstancePage, RebootItem } from '../ecs.ts';
import type { Present } from '../redact.ts';

// The SDK has turned every leaf into a string by now, numbers and booleans of the wire included.

export function readDetachAnswer(body: DetachKeyPairResponseBody | undefined, present: Present): DetachAnswer {
  if (body?.failCount === undefined && body?.results === undefined) {
    throw CallError.unreadable('ECS answered 200 with neither FailCount nor Results');
  }
  const failCount = /^\d+$/.test(body.failCount ?? '') ? Number(body.failCount) : undefined;
  return { failCount, items: (body.results?.result ?? []).map((item) => readDetachItem(item, present)) };
}

type WireItem = { instanceId?: string; success?: string; code?: string; message?: string };

/** `Success` decides; an item without it succeeded when its `Code` is 200. */
function readDetachItem(item: WireItem, present: Present): DetachItem {
  const { instanceId = '', success, code = '', message = '' } = item;
  const said = success?.toLowerCase();
  if (said === 'true' || (said !== 'false' && code === '200')) return { instanceId, success: true, code, message };
  return { instanceId, success: false, code: code === '200' ? '' : present(code), message: present(message) };
}

export function readInstancePage(body: DescribeInstancesResponseBody | undefined): InstancePage {
  const instances = body?.instances?.instance;
  // An empty list says that nothing is there; no list says nothing.
  if (!instances) throw CallError.unreadable('ECS answered 200 without Instances');
  return { instances: instances.map(readInstance), nextToken: body.nextToken || undefined };
}

type WireInstance = NonNullable<NonNullable<DescribeInstancesResponseBody['instances']>['instance']>[number];

function readInstance({ instanceId, status = '', OSType, keyPairName, startTime }: WireInstance): Instance {
  if (!instanceId) throw CallError.unreadable('ECS answered 200 with an instance that has no id');
  const startedAt = Date.parse(startTime ?? '');
  return {
    instanceId,
    status,
    windows: OSType?.toLowerCase() === 'windows',
    keyPairName: keyPairName || undefined,
    startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
  };
}

export function readRebootItems(body: RebootInstancesResponseBody | undefined, present: Present): RebootItem[] {
  if (!body?.instanceResponses) throw CallError.unreadable('ECS answered 200 without InstanceResponses');
  const items = body.instanceResponses.instanceResponse ?? [];
  return items.map(({ instanceId = '', code = '', message = '' }) => ({
    instanceId,
    code: present(code),
    message: present(message),
  }));
}
