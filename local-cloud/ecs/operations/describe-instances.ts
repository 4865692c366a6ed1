import { refusals } from '../errors.ts';
import { INSTANCE_STATUSES, type Instance, type InstanceStatus } from '../instance.ts';
import type { Machine } from '../machine.ts';
import type { OperationCall } from '../operation.ts';
import { type Parameters, parseIdList } from '../parameters.ts';
import type { Filter } from '../region.ts';
import { decodeToken, encodeToken, pageNumbers, slicePage } from './paging.ts';

// At most 100 ids, 20 tags and 100 instances a page, the operation's page.
const MAX_INSTANCE_IDS = 100;
const MAX_TAGS = 20;
const MAX_PAGE_SIZE = 100;

export function describeInstances(call: OperationCall): Record<string, unknown> {
  const { parameters, region, now } = call;
  const filter = filterOf(parameters);
  const maxResults = parameters.count('MaxResults');
  const token = parameters.optional('NextToken');
  if (maxResults === undefined && token === undefined) {
    const page = pageNumbers(parameters, MAX_PAGE_SIZE);
    const all = region.all(filter, now);
    return answer(slicePage(all, page), { TotalCount: all.length, PageNumber: page.number, PageSize: page.size }, now);
  }
  // "Values below 10 are taken as 10, above 100 as 100."
  const limit = Math.min(Math.max(maxResults ?? 10, 10), MAX_PAGE_SIZE);
  const page = region.after(token === undefined ? -1 : decodeToken(token), limit + 1, filter, now);
  const last = page.length > limit ? page[limit - 1] : undefined;
  const shown = page.slice(0, limit);
  // With tokens the page says that TotalCount means nothing; here it is the page's own count, which is of no use.
  const rest = { TotalCount: shown.length, PageNumber: 1, PageSize: limit };
  return answer(shown, { ...rest, NextToken: last ? encodeToken(last.ordinal) : '' }, now);
}

/** The describe operations' empty answer for a caller without permission. */
export function noInstances(): Record<string, unknown> {
  return answer([], { TotalCount: 0, PageNumber: 1, PageSize: 10 }, 0);
}

function filterOf(parameters: Parameters): Filter {
  const filter: Filter = {};
  const idText = parameters.optional('InstanceIds');
  if (idText !== undefined) {
    const instanceIds = parseIdList(idText);
    if (!instanceIds || instanceIds.length > MAX_INSTANCE_IDS) throw refusals.parameter('InstanceIds');
    filter.instanceIds = instanceIds;
  }
  const keyPairName = parameters.optional('KeyPairName');
  if (keyPairName !== undefined) filter.keyPairName = keyPairName;
  const status = parameters.optional('Status');
  if (status !== undefined) filter.status = statusOf(status);
  const tags = parameters.tags();
  if (tags && tags.length > MAX_TAGS) throw refusals.parameter('Tag');
  if (tags) filter.tags = tags;
  return filter;
}

function statusOf(text: string): InstanceStatus {
  const status = INSTANCE_STATUSES.find((known) => known === text);
  if (!status) throw refusals.statusFilter();
  return status;
}

function answer(machines: readonly Machine[], rest: Record<string, unknown>, now: number) {
  for (const machine of machines) machine.settle(now);
  return { Instances: { Instance: machines.map(shape) }, NextToken: '', ...rest };
}

function shape(instance: Instance): Record<string, unknown> {
  const { instanceId, regionId, status, osType, keyPairName, tags, locked, startTime, ordinal } = instance;
  return {
    InstanceId: instanceId,
    InstanceName: `name-of-${instanceId}`,
    RegionId: regionId,
    ZoneId: `${regionId}-a`,
    Status: status,
    OSType: osType,
    InstanceType: 'ecs.g7.large',
    VpcAttributes: { PrivateIpAddress: { IpAddress: [privateIpAt(ordinal)] } },
    // Absent, not empty, for an instance that has none, as recorded answers show.
    ...(keyPairName === undefined ? {} : { KeyPairName: keyPairName }),
    ...(tags.length === 0 ? {} : { Tags: { Tag: tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })) } }),
    OperationLocks: { LockReason: locked ? [{ LockReason: 'security' }] : [] },
    StoppedMode: status === 'Stopped' ? 'KeepCharging' : 'Not-applicable',
    StartTime: minuteOf(startTime),
  };
}

function privateIpAt(n: number): string {
  return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}

/** `2026-01-02T03:04Z`: times of instances have no seconds. */
function minuteOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
